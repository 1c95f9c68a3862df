// SPDX-License-Identifier: Apache-2.0

package main

import (
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/aliyun/alibaba-cloud-sdk-go/sdk"
	acserrors "github.com/aliyun/alibaba-cloud-sdk-go/sdk/errors"
	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/requests"
	"github.com/aliyun/alibaba-cloud-sdk-go/services/saf"
)

const (
	idVerification = "alibaba.id-verification"
	verifyService  = "intl_face_verify"
)

// rpc is one call by the core SDK, RPC v1; what is left empty is as it should be.
type rpc struct {
	action, version, method, format, server, id, key string
	inBody                                           bool
	way                                              http.RoundTripper
}

// call gives status and body, or the SDK's error.
func (how rpc) call(parameters map[string]string) (int, string, error) {
	request := requests.NewCommonRequest()
	request.Method, request.Scheme, request.Domain = or(how.method, "POST"), "http", or(how.server, server)
	request.Version, request.ApiName = how.version, how.action
	for name, value := range parameters {
		if how.inBody {
			request.FormParams[name] = value
		} else {
			request.QueryParams[name] = value
		}
	}
	client := must(sdk.NewClientWithAccessKey("ap-southeast-1", or(how.id, keyID), or(how.key, secret)))
	if how.way != nil {
		client.SetTransport(how.way)
	}
	if how.format != "" {
		request.AcceptFormat = how.format
	}
	answer, err := client.ProcessCommonRequest(request)
	if err != nil {
		return 0, "", err
	}
	return answer.GetHttpStatus(), answer.GetHttpContentString(), nil
}

func refusesRPC(name, code string, status int, how rpc, parameters map[string]string) {
	test(name, func() {
		_, body, err := how.call(parameters)
		var refusal *acserrors.ServerError
		if !errors.As(err, &refusal) {
			check(name, false, "no refusal", body, err)
			return
		}
		check(name, refusal.ErrorCode() == code && refusal.HttpStatus() == status, refusal.Error())
		check(name+": RequestId", len(refusal.RequestId()) == 36, refusal.Error())
		if code == "SignatureDoesNotMatch" && how.way == nil { // both saw the same string to sign
			check(name+": the secret is to blame", strings.HasPrefix(refusal.Recommend(), "InvalidAccessKeySecret"), refusal.Error())
		}
	})
}

// refusesSignatures is what every RPC v1 surface refuses alike.
func refusesSignatures(right rpc, parameters map[string]string) {
	with := func(change func(*rpc)) rpc {
		made := right
		change(&made)
		return made
	}
	way := altered{"Format=JSON", "Format=json"}
	refusesRPC("wrong secret", "SignatureDoesNotMatch", 400, with(func(how *rpc) { how.key = secret + "x" }), parameters)
	refusesRPC("wrong secret, GET", "SignatureDoesNotMatch", 400, with(func(how *rpc) { how.key, how.method = secret+"x", "GET" }), parameters)
	refusesRPC("unknown key", "InvalidAccessKeyId.NotFound", 404, with(func(how *rpc) { how.id = "LTAIunknown" }), parameters)
	refusesRPC("changed on the way", "SignatureDoesNotMatch", 400, with(func(how *rpc) { how.way = way }), parameters)
	refusesRPC("no such action", "InvalidAction.NotFound", 404, with(func(how *rpc) { how.action = "NoSuchAction" }), parameters)
	refusesRPC("no such version", "InvalidVersion", 400, with(func(how *rpc) { how.version = "1999-01-01" }), parameters)
	test("a replay", func() {
		kept := recorded(func(address string) { with(func(how *rpc) { how.server = address }).call(parameters) })
		status, _, body := kept.again()
		check("a replay", status == 400 && strings.Contains(body2code(body), "SignatureNonceUsed"), status, string(body))
	})
}

func body2code(body []byte) string {
	var found struct{ Code string }
	json.Unmarshal(body, &found)
	return found.Code
}

type verdict struct {
	RetCode    string `json:"retCode"`
	RetCodeSub string `json:"retCodeSub"`
	Passed     string `json:"passed"`
	ExtInfo    struct {
		Result     string `json:"result"`
		Score      string `json:"score"`
		FaceAttack string `json:"faceAttack"`
	} `json:"extInfo"`
}

type verified struct {
	Code               int
	Message, RequestID string
	Data               *string
}

// verdict is what stands in Data, which is JSON in a string.
func (answer verified) verdict() (found verdict) {
	if answer.Data == nil {
		check("Data is a string", false, answer)
		return
	}
	check("Data is JSON", json.Unmarshal([]byte(*answer.Data), &found) == nil, *answer.Data)
	return
}

func facesOf(reference, probe, code string) map[string]string {
	text := must(json.Marshal(map[string]string{"refFaceContent": reference, "authFaceContent": probe, "resourceCode": code}))
	return map[string]string{"Service": verifyService, "ServiceParameters": string(text)}
}

func (how rpc) verify(parameters map[string]string) (answer verified) {
	how.action, how.version = "ExecuteRequest", or(how.version, "2019-05-21")
	status, body, err := how.call(parameters)
	check("HTTP 200", err == nil && status == 200, status, err)
	check("JSON", json.Unmarshal([]byte(body), &answer) == nil, body)
	return
}

func verification() {
	same, other, nobody := b64(media("same_person.jpg")), b64(media("other_person.jpg")), b64(media("no_face.jpg"))
	grey := b64(media("grey_person.jpg"))
	verdicts := 0
	holds := func(name string, found verdict, passed, attack string) float64 {
		check(name+": passed", found.RetCode == "OK_SUCCESS" && found.Passed == passed && found.ExtInfo.Result == passed, found)
		check(name+": faceAttack", found.ExtInfo.FaceAttack == attack, found)
		verdicts++
		score, err := strconv.ParseFloat(found.ExtInfo.Score, 64)
		check(name+": score", err == nil, found)
		return score
	}
	compares := func(name string, how rpc, reference, probe, passed, attack string) (score float64) {
		test(name, func() {
			answer := how.verify(facesOf(reference, probe, "00840000"))
			check(name+": OK", answer.Code == 200 && answer.Message == "OK" && len(answer.RequestID) == 36, answer)
			score = holds(name, answer.verdict(), passed, attack)
		})
		return
	}
	one := compares("one person, parameters in the query", rpc{}, same, same, "true", "false")
	compares("in the body", rpc{inBody: true}, same, same, "true", "false")
	compares("by GET", rpc{method: "GET"}, same, same, "true", "false")
	compares("by the older version", rpc{version: "2018-09-19"}, same, same, "true", "false")
	two := compares("two persons", rpc{}, same, other, "false", "false")
	check("one person scores above two", one > two, one, two)
	compares("a grey copy as the face photo", rpc{}, same, grey, "false", "true")

	test("nobody", func() {
		found := rpc{}.verify(facesOf(nobody, same, "00840000")).verdict()
		check("nobody in the document", found.RetCode == "UNABLE_GET_IMAGE" && found.Passed == "false", found)
	})
	for name, expected := range map[string]struct {
		parameters map[string]string
		code       int
	}{
		"no parameters":   {map[string]string{"Service": verifyService, "ServiceParameters": "{}"}, 400},
		"no JSON":         {map[string]string{"Service": verifyService, "ServiceParameters": "no"}, 400},
		"a prefix":        {facesOf("data:image/jpeg;base64,"+same, same, "00840000"), 400},
		"no such service": {map[string]string{"Service": "face_verify", "ServiceParameters": "{}"}, 404},
	} {
		test(name, func() {
			answer := rpc{}.verify(expected.parameters)
			check(name, answer.Code == expected.code && answer.Data == nil && answer.RequestID != "", answer)
		})
	}
	test("resourceCode", func() {
		answer := rpc{}.verify(facesOf(same, same, "zz"))
		check("resourceCode", answer.Code == 500 && answer.verdict().RetCodeSub == "Z1141", answer)
	})
	test("XML, which is the default", func() {
		status, body, err := rpc{action: "ExecuteRequest", version: "2019-05-21", format: "XML"}.call(map[string]string{"Service": verifyService, "ServiceParameters": "{}"})
		check("XML", err == nil && status == 200 && strings.Contains(body, "<ExecuteRequestResponse>") && strings.Contains(body, "<Code>400</Code>"), status, body, err)
	})
	test("typed", func() { typedVerification(same, other, holds) })
	right := rpc{action: "ExecuteRequest", version: "2019-05-21"}
	refusesSignatures(right, map[string]string{"Service": verifyService, "ServiceParameters": "{}"})
	refusesRPC("no Service", "MissingService", 400, right, map[string]string{"ServiceParameters": "{}"})
	billed := 0
	for _, row := range ledger() {
		check("its code", row.Code == "200", row)
		if row.Product == idVerification {
			billed++
		}
	}
	check("a row for each verdict and none besides", billed == verdicts, billed, verdicts)
}

// typedVerification is the SDK's own client of this product: it takes Data for an object.
func typedVerification(same, other string, holds func(string, verdict, string, string) float64) {
	client := must(saf.NewClientWithAccessKey("ap-southeast-1", keyID, secret))
	ask := func(parameters map[string]string) *saf.ExecuteRequestResponse {
		request := saf.CreateExecuteRequestRequest()
		request.Scheme, request.Domain = "http", server
		request.Service, request.ServiceParameters = parameters["Service"], parameters["ServiceParameters"]
		return must(client.ExecuteRequest(request))
	}
	for _, each := range []struct{ name, probe, passed string }{{"typed: one person", same, "true"}, {"typed: two persons", other, "false"}} {
		answer := ask(facesOf(same, each.probe, "00840000"))
		check(each.name+": OK", answer.Code == 200 && answer.Message == "OK" && len(answer.RequestId) == 36, answer.Code, answer.Message)
		var found verdict
		check(each.name+": Data", json.Unmarshal(must(json.Marshal(answer.Data)), &found) == nil, answer.Data)
		holds(each.name, found, each.passed, "false")
	}
	check("typed: no parameters", ask(map[string]string{"Service": verifyService, "ServiceParameters": "{}"}).Code == 400)
	check("typed: no such service", ask(map[string]string{"Service": "none", "ServiceParameters": "{}"}).Code == 404)
}
