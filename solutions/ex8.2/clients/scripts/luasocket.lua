-- LuaSocket's socket.ftp.
local ftp = require("socket.ftp")
local ltn12 = require("ltn12")
local host, port, shelf, task = table.unpack(arg)

local function request(more)
	local r = {host = host, port = tonumber(port), user = "anonymous", password = "guest@example.com"}
	for key, value in pairs(more) do r[key] = value end
	return r
end

if task == "read" then
	local names = {}
	assert(ftp.get(request{path = "/" .. shelf, command = "nlst", sink = ltn12.sink.table(names)}))
	print(table.concat(names))
	for _, name in ipairs{"empty.txt", "noise.bin", "two words.txt"} do
		assert(ftp.get(request{path = "/" .. shelf .. "/" .. name, type = "i", sink = ltn12.sink.file(io.open(name, "wb"))}))
	end
else
	assert(ftp.put(request{path = "/" .. shelf .. "/put.bin", type = "i", source = ltn12.source.file(io.open("mine.bin", "rb"))}))
end
