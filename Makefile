# The workbook's commands. Each wraps one go command, which README.md shows for
# those without make.

GO ?= go

# The race detector requires cgo, and a processor for which there is one.
ifeq ($(shell $(GO) list -race -f '{{context.CgoEnabled}}' runtime 2>&1),true)
RACE := -race
else
$(info no cgo, or a processor of 32 bits: the race detector is skipped)
endif

# Without this, each process of a program built with -race sleeps for a second.
export GORACE := atexit_sleep_ms=0

STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2

ACTIONLINT := github.com/rhysd/actionlint/cmd/actionlint@v1.7.12

GOVULNCHECK := golang.org/x/vuln/cmd/govulncheck@v1.9.0

# How many times make stress runs each program, which names it takes, and how long it goes on.
RUNS ?= 18
ONLY ?= .
FOR ?= 0

# How long make fuzz runs each test, and make soak the server.
FUZZTIME ?= 20s
MINUTES ?= 60

# How often make bench-ftp measures each server, and with files of which size.
ROUNDS ?= 5
SIZE ?= 1G

.DEFAULT_GOAL := help

.PHONY: help
help: ## list these commands
	@awk 'BEGIN {FS = ":.*## "} /^[a-z0-9_. -]+:.*## / {sub(/ .*/, "", $$1); printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: ex8.1 ex8.2
ex8.1 ex8.2: ## grade my exercise 8.1 (or 8.2; HTML=1 shows a page in the browser, too)
	@echo "grading $@ (the first time, Go also compiles the grader: half a minute) ..." >&2
	@$(GO) tool workbook grade $(if $(HTML),-open) $@

.PHONY: grade
grade: ## grade all my exercises
	@$(GO) tool workbook grade all

.PHONY: hint-8.1 hint-8.2
hint-8.1 hint-8.2: ## show a hint about the failure under Next, and the next hint at the next call
	@$(GO) tool workbook hint $(@:hint-%=ex%)

.PHONY: watch-8.1 watch-8.2
watch-8.1 watch-8.2: ## grade again whenever I save a file
	@$(GO) tool workbook watch $(@:watch-%=ex%)

.PHONY: compare-8.1 compare-8.2
compare-8.1 compare-8.2: ## show my files beside the solution, once I have all core points (or SPOIL=1)
	@$(GO) tool workbook compare $(@:compare-%=ex%)

.PHONY: reset-8.1 reset-8.2
reset-8.1 reset-8.2: ## restore the stubs, and keep my files beside them
	@$(GO) tool workbook reset $(@:reset-%=ex%)

.PHONY: test
test: ## check the workbook itself: chapter, solutions, graders, stubs
	GO="$(GO)" testutil/vet.sh
	GO="$(GO)" testutil/test.sh $(RACE)

.PHONY: everywhere
everywhere: export GO := $(GO)
everywhere: ## run the workbook on other processors, Go releases and machines (ROWS="arm small")
	testutil/everywhere.sh $(ROWS)

.PHONY: clock1
clock1: ## run the sequential clock server
	@$(GO) run ./chapter60/clock1

.PHONY: clock2
clock2: ## run the concurrent clock server
	@$(GO) run ./chapter60/clock2

.PHONY: netcat1
netcat1: ## run the client of clock1 and clock2
	@$(GO) run ./chapter60/netcat1

# The wall ends well on Ctrl-C; go run and sh would call that an error.
.PHONY: wall
wall: ## show a wall of three clocks (DIR=exercises/ex8.1 for my own)
	@dir=$$(mktemp -d) && trap 'rm -rf "$$dir"' EXIT && trap : INT && \
	$(GO) build -o "$$dir/" ./solutions/ex8.1/wall && "$$dir/wall" $(if $(DIR),-dir $(DIR))

.PHONY: ftpd
ftpd: ## serve a few files by FTP (DIR=exercises/ex8.2 for my own)
	@$(GO) run ./$(or $(DIR),solutions/ex8.2)/ftpd -root solutions/ex8.2/ftpd/testdata/sample

.PHONY: ftp
ftp: ## run an FTP client, which is like the command ftp
	@$(GO) run ./solutions/ex8.2/ftp

.PHONY: gradescope
gradescope: ## build the bundle that grades on Gradescope
	$(GO) run ./testutil/sites/gradescope

.PHONY: stress
stress: ## grade programs on idle, busy and few processors, and require the same result (ONLY=clock2 FOR=1h)
	$(GO) run ./testutil/checks/stress -runs $(RUNS) -only '$(ONLY)' -for $(FOR)

.PHONY: fuzz
fuzz: ## fuzz what reads input, each test for FUZZTIME
	@list=$$($(GO) test -list '^Fuzz' ./solutions/... ./testutil/...) || { echo "$$list"; exit 1; }; \
	echo "$$list" | \
	awk '/^Fuzz/ {names[n++] = $$1} /^ok/ {for (i = 0; i < n; i++) print names[i], $$2; n = 0}' | \
	while read -r name path; do \
		echo "$$name of $$path: $(FUZZTIME)"; \
		$(GO) test -run '^$$' -fuzz "^$$name\$$" -fuzztime $(FUZZTIME) "$$path" </dev/null || exit 1; \
	done

.PHONY: soak
soak: ## run the FTP server for MINUTES with many clients, and search for leaks
	$(GO) run ./solutions/ex8.2/soak -minutes $(MINUTES)

.PHONY: bench
bench: ## measure clock2 with 10,000 clients, and the wall with 500 clocks
	$(GO) test -run '^$$' -bench . -benchtime 1x ./solutions/ex8.1/clock2 ./solutions/ex8.1/clockwall

.PHONY: bench-ftp
bench-ftp: ## measure ftpd beside the FTP servers that people run (PEERS=DIR if unpacked there)
	$(GO) run ./solutions/ex8.2/bench -rounds $(ROUNDS) -size $(SIZE) $(if $(PEERS),-peers $(PEERS))

.PHONY: lint
lint: ## run gofmt, staticcheck and actionlint over the workbook
	@test -z "$$(gofmt -l .)" || { gofmt -l .; echo "run gofmt -w on these files"; exit 1; }
	$(GO) run $(ACTIONLINT) -shellcheck= -pyflakes= .github/workflows/*.yml testutil/sites/classroom50/*.yml testutil/sites/cluster/*.yml
	$(GO) run $(STATICCHECK) ./...

.PHONY: vuln
vuln: ## look for known vulnerabilities in what the workbook is made of
	$(GO) run $(GOVULNCHECK) ./...
