package gradebook

import "testing"

func TestNamesAreDecomposed(t *testing.T) {
	for text, want := range map[string]string{
		"Ann O'Hara": "Ann O'Hara",
		"José Núñez": "Jose\u0301 Nu\u0301n\u0303ez",
		"Nguyễn":     "Nguye\u0302\u0303n",
		"Phượng":     "Phu\u031bo\u031b\u0323ng",
		"Ħał":        "Ħał", // these have no accents
		"Йован":      "И\u0306ован",
		"がぱ":         "か\u3099は\u309a",
		"한가":         "\u1112\u1161\u11ab\u1100\u1161",
	} {
		if got := decomposed(text); got != want {
			t.Errorf("decomposed(%q) is %+q, want %+q", text, got, want)
		}
		if got := decomposed(want); got != want {
			t.Errorf("decomposed(%+q) is %+q, want the same", want, got)
		}
	}
}
