package verdict_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.com/workbook/testutil/kit/verdict"
)

func TestOf(t *testing.T) {
	second := verdict.Errorf(verdict.NotConcurrent, "client 2 got nothing in %v", "2.5s")
	tests := []struct {
		name     string
		err      error
		want     verdict.Verdict
		wantText string
	}{
		{"nil_has_passed", nil, verdict.Verdict{Kind: verdict.Passed}, ""},
		{"an_error_is_a_wrong_answer", errors.New("got nothing"),
			verdict.Verdict{Kind: verdict.Wrong, Message: "got nothing"}, "got nothing"},
		{"an_Error_has_its_own_kind", second,
			verdict.Verdict{Kind: verdict.NotConcurrent, Message: "client 2 got nothing in 2.5s"},
			"not concurrent: client 2 got nothing in 2.5s"},
		{"a_wrapped_Error_keeps_its_kind", fmt.Errorf("of 100 clients, %w", second),
			verdict.Verdict{Kind: verdict.NotConcurrent, Message: "of 100 clients, client 2 got nothing in 2.5s"},
			"not concurrent: of 100 clients, client 2 got nothing in 2.5s"},
		{"an_Error_may_be_about_another_case", &verdict.Error{Kind: verdict.Wrong, About: "TestLogin/says_221", Err: errors.New("got 200")},
			verdict.Verdict{Kind: verdict.Wrong, About: "TestLogin/says_221", Message: "got 200"}, "got 200"},
		{"a_kind_in_the_text_is_only_text", errors.New("data race: none"),
			verdict.Verdict{Kind: verdict.Wrong, Message: "data race: none"}, "data race: none"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := verdict.Of(tt.err)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("Of(%v) mismatch (-want +got):\n%s", tt.err, diff)
			}
			if got.String() != tt.wantText {
				t.Errorf("Of(%v).String() is %q, want %q", tt.err, got.String(), tt.wantText)
			}
		})
	}
}

func TestFailed(t *testing.T) {
	for kind, want := range map[verdict.Kind]bool{
		verdict.Passed: false, verdict.NotChecked: false, verdict.NotRun: false, verdict.GraderProblem: false, "": false,
		verdict.Wrong: true, verdict.NotStarted: true, verdict.NotFound: true, verdict.Race: true, verdict.Hung: true,
	} {
		if got := (verdict.Verdict{Kind: kind}).Failed(); got != want {
			t.Errorf("Failed() of kind %q is %v, want %v", kind, got, want)
		}
	}
}
