# The Makefile of an assessment on Autolab, which is to be called Makefile there. The file
# autograde.tar holds the workbook, in a folder of that name.
HANDIN = handin.zip
EXERCISE = all

all:
	@tar -xf autograde.tar
	@bash workbook/testutil/sites/autolab.sh $(HANDIN) $(EXERCISE)
