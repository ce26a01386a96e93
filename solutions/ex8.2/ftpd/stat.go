package main

// stat tells how the session stands, or lists files on the control connection.
func (s *session) stat(arg string) {
	if arg == "" {
		s.replyLines(211, "This session:", []string{"user " + s.name, "directory " + s.dir, "no transfer is under way"}, "End")
		return
	}
	flags, name := s.cutFlags(arg)
	l, err := s.find(name)
	if err != nil {
		s.refuse(arg, absent, err)
		return
	}
	defer l.close()
	var lines []string
	for info, err := range l.files() {
		if err != nil || len(lines) == maxStat {
			break
		}
		lines = append(lines, string(appendKind(appendLong(nil, info), info, flags)))
	}
	s.replyLines(213, "Status of "+arg, lines, "End")
}

// maxStat is how many files STAT lists; LIST lists all.
const maxStat = 1000
