package handin

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/bzip2"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"unicode/utf8"
)

// The limits of the archives in what a student has handed in. No student who hands in some
// programs comes near them.
const (
	maxArchive  = 32 << 20  // bytes of all
	maxUnpacked = 1 << 30   // bytes that one says it has
	maxStream   = 256 << 20 // bytes of a tar, which is read from its begin to its end
	maxKept     = 32 << 20  // bytes of the files of tars, which are kept in memory
	maxRatio    = 200       // how much longer than itself an archive can be that is not small
	maxNested   = 3         // archives in archives
	maxFiles    = 50_000    // in all
)

// A room is what archives may still have of these.
type room struct {
	bytes, kept int64
	files       int
}

func newRoom() *room { return &room{maxArchive, maxKept, maxFiles} }

// take takes room for so many files.
func (r *room) take(files int) error {
	if r.files -= files; r.files < 0 {
		return fmt.Errorf("it has more than %d files, with other archives", maxFiles)
	}
	return nil
}

// archiveExts are the ends of the names of archives that can be read.
var archiveExts = []string{".zip", ".tar.gz", ".tar.bz2", ".tgz", ".tbz", ".tar"}

// otherExts are those of archives that cannot be read.
var otherExts = []string{".rar", ".7z", ".gz", ".bz2", ".xz", ".zst"}

func isArchive(name string) bool { return hasExt(name, archiveExts) }

func hasExt(name string, exts []string) bool {
	return slices.ContainsFunc(exts, func(ext string) bool { return strings.HasSuffix(strings.ToLower(name), ext) })
}

// expand puts the files of archives in place of the archives. It also returns what
// there is to say of those that it has left out, a sentence each.
func expand(files []File) (all []File, notes []string) {
	return expandIn(files, newRoom(), maxNested)
}

// expandIn does so as long as there is room, with that many archives in archives.
func expandIn(files []File, left *room, nested int) (all []File, notes []string) {
	for _, f := range files {
		switch {
		case f.Mode.IsRegular() && isArchive(f.Name):
			inside, err := f.unpacked(left, nested)
			if err != nil {
				notes = append(notes, fmt.Sprintf("%s is not read: %v", f.Path, err))
				f.err = err
				all = append(all, f)
				continue
			}
			inside, more := placed(f, inside)
			inside, deeper := expandIn(inside, left, nested-1)
			all = append(all, inside...)
			notes = append(append(notes, more...), deeper...)
			continue
		case f.Mode.IsRegular() && hasExt(f.Name, otherExts):
			notes = append(notes, f.Path+" is not read: want a zip or tar file")
		}
		all = append(all, f)
	}
	return all, notes
}

// unpacked returns the files in an archive, without reading those of a zip.
func (f File) unpacked(left *room, nested int) ([]File, error) {
	switch {
	case nested == 0:
		return nil, errors.New("there are too many archives in each other")
	case f.Size > left.bytes:
		return nil, fmt.Errorf("it has %d bytes, and %d are left of what archives can have", f.Size, left.bytes)
	}
	text, err := f.read(left.bytes + 1)
	if err != nil {
		return nil, err
	}
	if left.bytes -= int64(len(text)); left.bytes < 0 {
		return nil, fmt.Errorf("archives have more than %d bytes", maxArchive)
	}
	if len(text) == 0 {
		return nil, errors.New("it is empty")
	}
	if isZip(text) {
		// Before it reads what a zip says of its files, which takes much memory for each.
		if err := left.take(bytes.Count(text, []byte(zipEntry))); err != nil {
			return nil, err
		}
		r, err := zip.NewReader(bytes.NewReader(text), int64(len(text)))
		if err != nil {
			return nil, err
		}
		if err := fits(r, int64(len(text))); err != nil {
			return nil, err
		}
		return zipped(r), nil
	}
	return tarred(bytes.NewReader(text), left)
}

// zipEntry is how a zip begins what it says of a file, at its end.
const zipEntry = "PK\x01\x02"

func isZip(text []byte) bool { return bytes.HasPrefix(text, []byte("PK")) }

var errEncrypted = errors.New("it is encrypted")

func encrypted(f *zip.File) bool { return f.Flags&1 != 0 }

// fits returns an error if a zip of that size is beyond the limits.
func fits(r *zip.Reader, size int64) error {
	var total uint64
	for _, f := range r.File {
		if encrypted(f) {
			return errEncrypted
		}
		if total += min(f.UncompressedSize64, maxUnpacked+1); total > maxUnpacked {
			return fmt.Errorf("its files have more than %d bytes", maxUnpacked)
		}
	}
	if total > maxArchive && total/maxRatio > uint64(size) {
		return fmt.Errorf("its files are more than %d times as long as itself", maxRatio)
	}
	return nil
}

// zipped returns the files in a zip, as it names them.
func zipped(r *zip.Reader) []File {
	var files []File
	for _, f := range r.File {
		file := File{
			Name: f.Name, Mode: f.Mode(), Size: int64(min(f.UncompressedSize64, maxUnpacked)), Time: f.Modified,
			archived: true, open: f.Open,
		}
		if encrypted(f) {
			file.err = errEncrypted
		}
		files = append(files, file)
	}
	return files
}

// errNoArchive is why a file cannot be read whose name is that of an archive.
var errNoArchive = errors.New("it is neither a zip file nor a tar file")

// errTooMuch is why a file cannot be read that is neither Go nor an archive.
var errTooMuch = fmt.Errorf("the files of its archive have more than %d bytes", maxKept/2)

// tarred returns the files in a tar, as it names them, which is perhaps compressed. It
// keeps their texts, as long as there is room.
func tarred(r io.Reader, left *room) ([]File, error) {
	r, err := decompressed(r)
	if err != nil {
		return nil, err
	}
	all := &io.LimitedReader{R: r, N: maxStream}
	t := tar.NewReader(all)
	var files []File
	for {
		header, err := t.Next()
		switch {
		case errors.Is(err, io.EOF) && (len(files) > 0 || all.N < maxStream):
			return files, nil
		case all.N <= 0:
			return nil, fmt.Errorf("its files have more than %d bytes", maxStream)
		case err != nil && len(files) == 0:
			return nil, errNoArchive
		case err != nil:
			return nil, err
		}
		if err := left.take(1); err != nil {
			return nil, err
		}
		f := File{Name: header.Name, Mode: header.FileInfo().Mode(), Size: header.Size, Time: header.ModTime, archived: true}
		switch header.Typeflag {
		case tar.TypeXGlobalHeader:
			continue
		case tar.TypeLink:
			f.Mode |= fs.ModeSymlink
		}
		if name, ok := local(f.Name); f.Mode.IsRegular() && ok && !junkBelow(name) {
			most := int64(maxFile)
			if isArchive(f.Name) {
				most = left.bytes + 1
			}
			text, err := io.ReadAll(io.LimitReader(t, most))
			if err != nil {
				return nil, err
			}
			program := isArchive(f.Name) || path.Ext(f.Name) == ".go"
			switch kept := left.kept - int64(len(text)); {
			case kept < 0 && program:
				return nil, fmt.Errorf("its files have more than %d bytes", maxKept)
			case kept < maxKept/2 && !program:
				f.open = func() (io.ReadCloser, error) { return nil, errTooMuch }
			default:
				left.kept, f.open = kept, held(text)
			}
		}
		files = append(files, f)
	}
}

// decompressed returns a reader of what r holds.
func decompressed(r io.Reader) (io.Reader, error) {
	begin := make([]byte, 3)
	n, err := io.ReadFull(r, begin)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, err
	}
	r = io.MultiReader(bytes.NewReader(begin[:n]), r)
	switch {
	case bytes.HasPrefix(begin, []byte{0x1f, 0x8b}):
		return gzip.NewReader(r)
	case bytes.HasPrefix(begin, []byte("BZh")):
		return bzip2.NewReader(r), nil
	}
	return r, nil
}

// placed returns the files of an archive as if it were a folder of its name, but for
// what is never a student's, and names that lead out of it. The notes are about those.
func placed(archive File, files []File) (all []File, notes []string) {
	folder := stem(archive.Name)
	for _, f := range files {
		name, ok := local(f.Name)
		where := archive.Path + "/" + name
		switch {
		case !ok:
			notes = append(notes, fmt.Sprintf("%s holds the name %q, which is left out", archive.Path, f.Name))
			continue
		case name == ".", junk(name):
			continue
		case !f.Mode.IsRegular() && !f.Mode.IsDir():
			notes = append(notes, where+" is not a regular file, and left out")
			continue
		}
		f.Name, f.Path, f.upload, f.archived = folder+"/"+name, where, archive.upload, true
		all = append(all, f)
	}
	return lastOfEach(all), notes
}

// lastOfEach returns files without those that a later one of the same name replaces, as when
// an archive is unpacked.
func lastOfEach(files []File) []File {
	last := make(map[string]int) // by name, an index
	for i, f := range files {
		last[f.Name] = i
	}
	var all []File
	for i, f := range files {
		if last[f.Name] == i {
			all = append(all, f)
		}
	}
	return all
}

// local returns a name in an archive with slashes, and whether it leads to a place in it.
func local(name string) (string, bool) {
	name = strings.ReplaceAll(decoded(name), `\`, "/")
	if strings.HasPrefix(name, "/") || strings.Contains(name, ":/") || strings.ContainsRune(name, 0) {
		return name, false
	}
	name = path.Clean(name)
	return name, fs.ValidPath(name)
}

// codePage437 has the characters of the bytes from 0x80: those of names in zips that say
// nothing else, such as those of many programs on Windows.
var codePage437 = []rune("ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u00a0")

// decoded returns a name in an archive as UTF-8. Names that differ stay different.
func decoded(name string) string {
	if utf8.ValidString(name) {
		return name
	}
	var b strings.Builder
	for i := range len(name) {
		if c := name[i]; c < 0x80 {
			b.WriteByte(c)
		} else {
			b.WriteRune(codePage437[c-0x80])
		}
	}
	return b.String()
}
