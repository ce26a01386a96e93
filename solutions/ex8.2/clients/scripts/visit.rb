# Ruby's net/ftp.
require 'net/ftp'

host, port, shelf, task = ARGV
Net::FTP.open(host, port: port.to_i, username: 'anonymous', password: 'guest@example.com') do |ftp|
  ftp.chdir(shelf)
  if task == 'read'
    puts ftp.list
    ['empty.txt', 'noise.bin', 'two words.txt'].each { |name| ftp.getbinaryfile(name) }
  else
    ftp.putbinaryfile('mine.bin', 'put.bin')
    ftp.rename('put.bin', 'renamed.bin')
  end
  ftp.quit
end
