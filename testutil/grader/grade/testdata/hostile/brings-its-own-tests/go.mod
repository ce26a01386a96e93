module example.com/workbook

go 1.20

replace example.com/workbook/testutil => ./fake
