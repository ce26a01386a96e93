module example.com/workbook

go 1.26.5

require golang.org/x/sync v0.24.0

require github.com/google/go-cmp v0.7.0

tool example.com/workbook/testutil/cmd/workbook
