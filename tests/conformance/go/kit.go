// SPDX-License-Identifier: Apache-2.0

// Command conformance is what the Go conformance programs are: `conformance tencent|verification|sms` drives one
// surface by the vendors' unmodified Go SDKs, as kit.py and its programs do in Python. The server's address, key and
// folders come from run.sh by environment variables (SELFSAME_TEST_*).
package main

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"strings"
	"sync"
)

var (
	server   = os.Getenv("SELFSAME_TEST_SERVER") // HOST:PORT
	customer = os.Getenv("SELFSAME_TEST_CUSTOMER")
	keyID    = os.Getenv("SELFSAME_TEST_KEY_ID")
	secret   = os.Getenv("SELFSAME_TEST_SECRET")

	counting       sync.Mutex
	passed, failed int
)

func main() {
	programs := map[string]func(){"tencent": tencent, "verification": verification, "sms": sms}
	if len(os.Args) != 2 || programs[os.Args[1]] == nil {
		fmt.Fprintln(os.Stderr, "usage: conformance tencent|verification|sms")
		os.Exit(2)
	}
	programs[os.Args[1]]()
	fmt.Printf("%d passed, %d failed\n", passed, failed)
	if failed > 0 {
		os.Exit(1)
	}
}

// check counts one check and prints it only when it fails.
func check(name string, holds bool, seen ...any) {
	counting.Lock()
	defer counting.Unlock()
	if holds {
		passed++
		return
	}
	failed++
	text := fmt.Sprintf("%+v", seen)
	fmt.Printf("FAIL %s: %.400s\n", name, text)
}

// test runs one case; a panic inside is one failed check.
func test(name string, run func()) {
	defer func() {
		if reason := recover(); reason != nil {
			check(name, false, reason, string(debug.Stack()))
		}
	}()
	run()
}

// must is for what a case cannot go on without.
func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

func media(name string) []byte {
	return must(os.ReadFile(filepath.Join(os.Getenv("SELFSAME_TEST_MEDIA"), name)))
}

func b64(content []byte) string { return base64.StdEncoding.EncodeToString(content) }

func isJPEG(text string) bool {
	content, err := base64.StdEncoding.DecodeString(text)
	return err == nil && bytes.HasPrefix(content, []byte{0xff, 0xd8, 0xff})
}

func selfsame(arguments ...string) []byte {
	return must(exec.Command(os.Getenv("SELFSAME_TEST_BINARY"), append(arguments, "--data", os.Getenv("SELFSAME_TEST_DATA"))...).Output())
}

type charge struct {
	OutcomeID string `json:"outcome_id"`
	Product   string `json:"product"`
	Code      string `json:"code"`
}

// ledger is the customer's billed calls.
func ledger() []charge {
	var found struct{ Entries []charge }
	must(0, json.Unmarshal(selfsame("ledger", "--name", customer, "--json"), &found))
	return found.Entries
}

// perform is the device: it answers one challenge of a token with the living person's recording.
func perform(token string) {
	output, err := exec.Command("/usr/bin/python3", "-B", os.Getenv("SELFSAME_TEST_DEVICE"), token).CombinedOutput()
	check("the device is heard", err == nil, err, string(output))
}

// recorder is a relay on a port of its own that keeps the last request byte for byte and can send it again.
type recorder struct {
	address string
	method  string
	target  string
	host    string
	header  http.Header
	body    []byte
}

// recorded runs what it is given against such a relay.
func recorded(run func(address string)) *recorder {
	kept := &recorder{}
	listener := must(net.Listen("tcp", "127.0.0.1:0"))
	defer listener.Close()
	kept.address = listener.Addr().String()
	go http.Serve(listener, http.HandlerFunc(func(writer http.ResponseWriter, request *http.Request) {
		kept.method, kept.target, kept.host, kept.header = request.Method, request.RequestURI, request.Host, request.Header
		kept.body = must(io.ReadAll(request.Body))
		status, header, body := kept.again()
		writer.Header().Set("Content-Type", header.Get("Content-Type"))
		writer.WriteHeader(status)
		writer.Write(body)
	}))
	run(kept.address)
	return kept
}

// again is the answer to the last request, sent once more.
func (kept *recorder) again() (int, http.Header, []byte) {
	request := must(http.NewRequest(kept.method, "http://"+server+kept.target, bytes.NewReader(kept.body)))
	request.Host, request.Header = kept.host, kept.header
	answer := must(http.DefaultClient.Do(request))
	defer answer.Body.Close()
	return answer.StatusCode, answer.Header, must(io.ReadAll(answer.Body))
}

// altered is a way that changes one word of a request after it was signed.
type altered struct{ from, to string }

func (way altered) RoundTrip(request *http.Request) (*http.Response, error) {
	request.URL.RawQuery = strings.Replace(request.URL.RawQuery, way.from, way.to, 1)
	if request.Body != nil {
		body := must(io.ReadAll(request.Body))
		request.Body = io.NopCloser(bytes.NewReader(bytes.Replace(body, []byte(way.from), []byte(way.to), 1)))
	}
	return http.DefaultTransport.RoundTrip(request)
}
