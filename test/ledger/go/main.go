// Reads a log as a stranger would, with nothing of ours: golang.org/x/mod/sumdb/{note,tlog} unchanged.
// Standard input: {"url","vkey","from","entry","index"}; exit 0 when everything verifies.
package main

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type request struct {
	URL   string `json:"url"`
	Vkey  string `json:"vkey"`
	From  string `json:"from"`  // an older checkpoint
	Entry []byte `json:"entry"` // base64
	Index int64  `json:"index"`
}

func main() {
	log.SetFlags(0)
	var asked request
	check(json.NewDecoder(os.Stdin).Decode(&asked))
	verifier, err := note.NewVerifier(asked.Vkey)
	check(err)
	older := openTree(asked.From, verifier)
	newest := openTree(get(asked.URL+"/checkpoint"), verifier)

	reader := tlog.TileHashReader(newest, &tiles{asked.URL})
	ownProof, err := tlog.ProveRecord(newest.N, asked.Index, reader)
	check(err)
	leaf := tlog.RecordHash(asked.Entry)
	check(tlog.CheckRecord(ownProof, newest.N, newest.Hash, asked.Index, leaf))

	served := strings.Split(get(fmt.Sprintf("%s/proof/%d", asked.URL, asked.Index)), "\n\n")[0]
	check(tlog.CheckRecord(hashes(strings.Split(served, "\n")[2:]), newest.N, newest.Hash, asked.Index, leaf))

	var encoded []string
	check(json.Unmarshal([]byte(get(fmt.Sprintf("%s/consistency?from=%d&to=%d", asked.URL, older.N, newest.N))), &encoded))
	check(tlog.CheckTree(tlog.TreeProof(hashes(encoded)), newest.N, newest.Hash, older.N, older.Hash))
	fmt.Printf("ok %d %d\n", older.N, newest.N)
}

func openTree(message string, verifier note.Verifier) tlog.Tree {
	opened, err := note.Open([]byte(message), note.VerifierList(verifier))
	check(err)
	lines := strings.Split(opened.Text, "\n")
	if lines[0] != verifier.Name() || len(lines) != 4 {
		log.Fatalf("not a checkpoint of %s", verifier.Name())
	}
	var size int64
	_, err = fmt.Sscan(lines[1], &size)
	check(err)
	root, err := tlog.ParseHash(lines[2])
	check(err)
	return tlog.Tree{N: size, Hash: root}
}

type tiles struct{ url string }

func (t *tiles) Height() int                      { return 8 }
func (t *tiles) SaveTiles([]tlog.Tile, [][]byte) {}

// ReadTiles fetches C2SP tlog-tiles paths: the Go ones without their height.
func (t *tiles) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	var read [][]byte
	for _, tile := range wanted {
		read = append(read, []byte(get(t.url+"/tile/"+strings.TrimPrefix(tile.Path(), "tile/8/"))))
	}
	return read, nil
}

func hashes(encoded []string) (proof tlog.RecordProof) {
	for _, line := range encoded {
		bytes, err := base64.StdEncoding.DecodeString(line)
		check(err)
		proof = append(proof, tlog.Hash(bytes))
	}
	return proof
}

func get(url string) string {
	response, err := http.Get(url)
	check(err)
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	check(err)
	if response.StatusCode != http.StatusOK {
		log.Fatalf("%s: %s", url, response.Status)
	}
	return string(body)
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
