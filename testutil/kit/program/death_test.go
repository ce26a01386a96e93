package program

import "testing"

func TestDeathIsBlamelessIfTheProcessHadNoPartInIt(t *testing.T) {
	for _, tt := range []struct {
		name string
		kill kill
		want Death
	}{
		{"another signal", kill{sealed: true, ooms: 1}, Unexplained},
		{"SIGKILL, perhaps its own", kill{certain: true, memory: 50 << 20}, Unexplained},
		{"SIGKILL that it cannot send itself", kill{certain: true, memory: 50 << 20, sealed: true}, Outside},
		{"no memory, of which it used little", kill{certain: true, memory: 50 << 20, ooms: 1}, NoMemory},
		{"no memory, of which it used little, in the sandbox", kill{certain: true, memory: 300 << 20, ooms: 2, sealed: true}, NoMemory},
		{"no memory, of which it used most", kill{certain: true, memory: 1800 << 20, ooms: 1, sealed: true}, TooLarge},
		{"most memory, and a guard that the system does not know", kill{certain: true, memory: 1800 << 20, sealed: true}, TooLarge},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.kill.death(); got != tt.want {
				t.Errorf("%+v: the process %v, want %v", tt.kill, got, tt.want)
			}
		})
	}
}
