#!/bin/bash
# Prepares an evaluation in Moodle's VPL: it writes the program vpl_execution, which grades
# what the student has handed in. The README beside it says how to set it up.

cat >vpl_execution <<'END'
#!/bin/bash
# The folder of the workbook begins with a dot, so that it is not part of the submission.
cd "$HOME" || exit
mkdir .workbook && tar -xf workbook.tar -C .workbook --strip-components=1 && rm workbook.tar
[ -f vpl_environment.sh ] && . ./vpl_environment.sh
export VPL_GRADEMAX
status=0
(cd .workbook && go tool workbook grade -submission "$HOME" -timeout "${EACH:-60s}" \
	-format vpl -o "$HOME/.result" "${EXERCISE:-all}") >.messages 2>&1 || status=$?
if [ $status -gt 1 ] || [ ! -s .result ]; then
	echo "Comment :=>>The grader ended with status $status. Your program is not the reason."
	sed 's/^/Comment :=>>/' .messages
	exit
fi
cat .result
END
chmod +x vpl_execution
