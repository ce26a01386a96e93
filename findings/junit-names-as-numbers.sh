#!/bin/sh
# Two JUnit readers of npm turn test names that look like numbers into numbers, each in its own
# way, so that different tests become one.
#
# Seen with test-results-parser 0.4.6 and junit2json 4.0.0, Node.js 20, November 2026, of
# <testcase name="…"> with these names:
#
#	name     test-results-parser   junit2json
#	"1.1"    1.1                   1.1
#	"1.10"   1.1                   1.1
#	"0226"   226                   226
#	"0x10"   16                    0
#	"1e3"    1000                  1
#	"1.1 a"  "1.1 a"               "1.1 a"
#
# In JUnit's format a name is text. Section numbers as names are common in courses; a report
# then has 1.1 twice and 1.10 not at all, and a history of results mixes the two.
#
# Names in a report must not look like numbers.
#
# The script exits with status 0 if this is still so, and with 1 if it has changed.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
echo '{"private": true}' >package.json
timeout 300 npm install --prefer-offline --no-audit --no-fund --ignore-scripts --save-exact \
	test-results-parser@0.4.6 junit2json@4.0.0 >npm 2>&1 || { cat npm >&2; exit 1; }
cat >report.xml <<'EOF'
<?xml version="1.0" encoding="UTF-8"?>
<testsuites>
<testsuite name="chapter" tests="7" failures="0">
<testcase classname="ex" name="1.1" time="0.1"></testcase>
<testcase classname="ex" name="1.10" time="0.1"></testcase>
<testcase classname="ex" name="0226" time="0.1"></testcase>
<testcase classname="ex" name="0x10" time="0.1"></testcase>
<testcase classname="ex" name="1e3" time="0.1"></testcase>
<testcase classname="ex" name="1.1 a" time="0.1"></testcase>
<testcase classname="ex" name="a 1.1" time="0.1"></testcase>
</testsuite>
</testsuites>
EOF
cat >read.mjs <<'EOF'
import {createRequire} from 'node:module';
const require = createRequire(import.meta.url);
const {parse} = require('test-results-parser');
const result = parse({type: 'junit', files: ['report.xml']});
console.log('test-results-parser', JSON.stringify(result.suites[0].cases.map(c => c.name)));
EOF
timeout 60 node read.mjs >got
timeout 60 node_modules/.bin/junit2json report.xml >report.json
timeout 60 node -e '
const report = JSON.parse(fs.readFileSync("report.json"));
console.log("junit2json", JSON.stringify(report.testsuite[0].testcase.map(c => c.name)));' >>got
cat >want <<'EOF'
test-results-parser [1.1,1.1,226,16,1000,"1.1 a","a 1.1"]
junit2json [1.1,1.1,226,0,1,"1.1 a","a 1.1"]
EOF
diff -u want got || { echo "changed" >&2; exit 1; }
echo "as before"
