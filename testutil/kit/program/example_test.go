package program_test

import (
	"context"
	"fmt"
	"os/exec"

	"example.com/workbook/testutil/kit/program"
)

func ExampleStart() {
	p, err := program.Start(exec.Command("go", "list", "-m"))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer p.Stop()
	status, err := p.Wait(context.Background())
	fmt.Printf("%v ended with exit status %d, %v\n", p, status, err)
	fmt.Print(p.Stdout())
	// Output:
	// go list -m ended with exit status 0, <nil>
	// example.com/workbook
}
