package goroutine

import (
	"fmt"
	"go/ast"
	"iter"
	"maps"
	"slices"
	"strings"
)

func isLock(state string) bool {
	return strings.HasPrefix(state, "sync.Mutex.") || strings.HasPrefix(state, "sync.RWMutex.")
}

// becauseOfLock says why g, one of all, does not get a lock. A dump does not tell who
// has it, so that is looked up in the source.
func becauseOfLock(g goroutine, all []goroutine) string {
	src := readSource(".")
	own, _ := g.ownFrame()
	if src.files[base(own.file)] == nil {
		return "is blocked on a mutex that another goroutine holds during a sleep, a read or a write: unlock the mutex before that"
	}
	if forgotten := src.forgottenLocks(); len(forgotten) > 0 {
		l, where := forgotten[0], forgotten[0].place
		for _, here := range forgotten {
			if here.place == own.place() {
				l, where = here, "the Lock"
			}
		}
		if src.unlocksAlone(l.unlock) {
			return "is blocked on a mutex that stays locked when its function returns: lock and unlock it in the same function"
		}
		if l.inLoop { // a deferred call would come too late for the next round
			return fmt.Sprintf("is blocked on a mutex that is never unlocked: call %s in each round of the loop, after %s", l.unlock, where)
		}
		return fmt.Sprintf("is blocked on a mutex that is never unlocked: put defer %s after %s", l.unlock, where)
	}
	for _, other := range all {
		doing, ok := other.doing()
		if !ok || other.number == g.number {
			continue
		}
		for _, f := range other.frames {
			if _, held := src.heldAt(f.file, f.line); held && f.own() {
				return fmt.Sprintf("is blocked on a mutex that another goroutine holds while it %s, at %s: unlock the mutex before that", doing, f.place())
			}
		}
	}
	for _, f := range g.frames {
		if l, held := src.heldAt(f.file, f.line); held && f.own() {
			return fmt.Sprintf("is blocked on a mutex that the same goroutine has locked at %s: call %s before", l.place, l.unlock)
		}
	}
	return "is blocked on a mutex that is still locked: unlock it before every return and every new round of a loop"
}

// A lock is a call of Lock or RLock, and what its function does to unlock.
type lock struct {
	mutex    string // "w.mu"
	place    string
	line     int
	unlock   string // what unlocks it, "w.mu.Unlock()"
	inLoop   bool   // the call is in a loop of its function
	deferred bool   // the unlock is
	unlocks  []int  // the lines of those that are not deferred
	exits    []span // the blocks after which the function does not go on below them
}

// A span is lines of a file.
type span struct{ first, last int }

func (s span) contains(line int) bool { return s.first <= line && line <= s.last }

// held reports whether the mutex is locked when the function is at a line.
func (l lock) held(line int) bool {
	switch {
	case line <= l.line:
		return false
	case l.deferred:
		return true
	}
	return !slices.ContainsFunc(l.unlocks, func(unlock int) bool {
		left := func(s span) bool { return s.contains(unlock) && !s.contains(line) }
		return l.line <= unlock && unlock < line && !slices.ContainsFunc(l.exits, left)
	})
}

// forgotten reports whether nothing in the function unlocks the mutex.
func (l lock) forgotten() bool { return !l.deferred && len(l.unlocks) == 0 }

// forgottenLocks returns the locks that their function never unlocks. Functions that do
// nothing else are left out: others unlock for them.
func (src source) forgottenLocks() []lock {
	var forgotten []lock
	for _, name := range slices.Sorted(maps.Keys(src.files)) {
		for body := range bodies(src.files[name]) {
			for _, l := range src.locks(body) {
				if _, only := body.List[0].(*ast.ExprStmt); l.forgotten() && !(only && len(body.List) == 1) {
					forgotten = append(forgotten, l)
				}
			}
		}
	}
	return forgotten
}

// unlocksAlone reports whether a function unlocks a mutex that it does not lock, with a call
// like unlock, "srv.mu.Unlock()". There srv may have another name.
func (src source) unlocksAlone(unlock string) bool {
	mutex := func(call string) string { // "mu"
		expr, _ := cutLast(call)
		_, name := cutLast(expr)
		return name
	}
	_, method := cutLast(unlock)
	for _, f := range src.files {
		for fn := range nodes[*ast.FuncDecl](f) {
			unlocks, locks := false, false
			for call := range nodes[*ast.CallExpr](fn) {
				text := src.text(call)
				_, name := cutLast(text)
				if mutex(text) == mutex(unlock) {
					unlocks = unlocks || name == method
					locks = locks || name == strings.Replace(method, "Unlock", "Lock", 1)
				}
			}
			if unlocks && !locks {
				return true
			}
		}
	}
	return false
}

// cutLast cuts an expression at its last dot, "srv.mu" into "srv" and "mu".
func cutLast(expr string) (before, last string) {
	i := strings.LastIndexByte(expr, '.')
	return expr[:max(i, 0)], expr[i+1:]
}

// heldAt returns a lock that the function around a line of a file holds there.
func (src source) heldAt(file string, line int) (lock, bool) {
	f := src.files[base(file)]
	if f == nil {
		return lock{}, false
	}
	var inner *ast.BlockStmt
	for body := range bodies(f) { // from the outside in
		if src.line(body) <= line && line <= src.fset.Position(body.End()).Line {
			inner = body
		}
	}
	if inner == nil {
		return lock{}, false
	}
	for _, l := range src.locks(inner) {
		if l.held(line) {
			return l, true
		}
	}
	return lock{}, false
}

// locks returns the locks of a function, without those of functions in it.
func (src source) locks(body *ast.BlockStmt) []lock {
	var all []lock
	unlocks := make(map[string][]int)  // the lines, by what is called
	deferred := make(map[string]bool)  // by what is called
	inDefer := make(map[ast.Node]bool) // calls and functions
	var exits, loops []span
	ast.Inspect(body, func(n ast.Node) bool {
		switch n.(type) {
		case *ast.ForStmt, *ast.RangeStmt:
			loops = append(loops, span{src.line(n), src.fset.Position(n.End()).Line})
		}
		if exitsAtItsEnd(n) {
			exits = append(exits, span{src.line(n), src.fset.Position(n.End()).Line})
		}
		switch n := n.(type) {
		case *ast.DeferStmt:
			inDefer[n.Call], inDefer[n.Call.Fun] = true, true
		case *ast.FuncLit:
			if inDefer[n] {
				for call := range nodes[*ast.CallExpr](n) {
					deferred[src.text(call)] = true
				}
			}
			return false
		case *ast.CallExpr:
			fun, ok := n.Fun.(*ast.SelectorExpr)
			if !ok || len(n.Args) > 0 {
				break
			}
			x := src.text(fun.X)
			switch name := fun.Sel.Name; name {
			case "Lock":
				all = append(all, lock{mutex: x, place: src.place(n), line: src.line(n), unlock: x + ".Unlock()"})
			case "RLock":
				all = append(all, lock{mutex: x, place: src.place(n), line: src.line(n), unlock: x + ".RUnlock()"})
			case "Unlock", "RUnlock":
				if text := src.text(n); inDefer[n] {
					deferred[text] = true
				} else {
					unlocks[text] = append(unlocks[text], src.line(n))
				}
			}
		}
		return true
	})
	for i := range all {
		all[i].deferred = deferred[all[i].unlock]
		all[i].unlocks = unlocks[all[i].unlock]
		all[i].exits = exits
		all[i].inLoop = slices.ContainsFunc(loops, func(loop span) bool { return loop.contains(all[i].line) })
	}
	return all
}

// exitsAtItsEnd reports whether a node is statements of which the last one is a return,
// a break or a similar statement.
func exitsAtItsEnd(n ast.Node) bool {
	var list []ast.Stmt
	switch n := n.(type) {
	case *ast.BlockStmt:
		list = n.List
	case *ast.CaseClause:
		list = n.Body
	case *ast.CommClause:
		list = n.Body
	}
	if len(list) == 0 {
		return false
	}
	switch list[len(list)-1].(type) {
	case *ast.ReturnStmt, *ast.BranchStmt:
		return true
	}
	return false
}

// bodies returns the bodies of all functions in a file, each before those in it.
func bodies(f *ast.File) iter.Seq[*ast.BlockStmt] {
	return func(yield func(*ast.BlockStmt) bool) {
		for n := range ast.Preorder(f) {
			var body *ast.BlockStmt
			switch n := n.(type) {
			case *ast.FuncDecl:
				body = n.Body
			case *ast.FuncLit:
				body = n.Body
			}
			if body != nil && !yield(body) {
				return
			}
		}
	}
}
