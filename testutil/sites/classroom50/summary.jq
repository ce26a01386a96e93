# A report in Markdown. What programs print is in blocks of code, so that it stays text.
def block: split("\n") | map("    " + .) | join("\n");
def points: "\(.earned) of \(.max) points";

"## \(.title)",
"",
"core \(.score.core | points), robustness \(.score.robustness | points), extra \(.score.extra | points)",
(.notes // [] | .[] | "", .),
(
  .programs[]
  | "", "### \(.name)", "",
    if .verdict then
      ("\(.verdict)\n\(.message // "")"[0:4000] | block)
    else
      (
        .parts[].cases[]
        | if .verdict == "passed" then
            "- ✓ \(.name | gsub("_"; " "))"
          else
            "- ✗ \(.name | gsub("_"; " ")) (\(.group), \(.points) points)",
            "",
            ([.message // .verdict, .why // empty] | join("\nwhy: ") | .[0:4000] | split("\n") | map("      " + .) | join("\n")),
            ""
          end
      )
    end
)
