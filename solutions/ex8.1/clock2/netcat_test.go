package main

import (
	"context"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"example.com/workbook/testutil/kit/program"
	"example.com/workbook/testutil/suites/suite"
)

func TestNetcatIsServed(t *testing.T) {
	nc, err := exec.LookPath("nc")
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skipf("nc is not installed: %v", err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), suite.Patience())
	defer cancel()

	server, err := program.Start(program.Command("-port", "0"))
	if err != nil {
		t.Fatal(err)
	}
	defer server.Stop()
	var host, port string
	err = server.Await(ctx, func(text string) bool {
		if m := regexp.MustCompile(`(?m)listening on (.*):(\d+)$`).FindStringSubmatch(text); m != nil {
			host, port = m[1], m[2]
		}
		return port != ""
	})
	if err != nil {
		t.Fatal(err)
	}

	client, err := program.Start(exec.Command(nc, strings.Trim(host, "[]"), port))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Stop()
	line := regexp.MustCompile(`^\d\d:\d\d:\d\d\n`)
	if err := client.Await(ctx, line.MatchString); err != nil {
		t.Errorf("%v, want a line like 15:04:05", err)
	}
}
