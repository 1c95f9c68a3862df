// SPDX-License-Identifier: Apache-2.0

package main

import (
	"encoding/json"
	"errors"
	"strings"

	openapi "github.com/alibabacloud-go/darabonba-openapi/v2/client"
	openapiutil "github.com/alibabacloud-go/darabonba-openapi/v2/utils"
	"github.com/alibabacloud-go/tea/dara"
	"github.com/alibabacloud-go/tea/tea"
)

const (
	smsVersion = "2018-05-01"
	smsTo      = "628131234567"
	smsText    = "Have a *te~st* +é/=& 中 !'()"
)

// openAPI is one call by the vendor's generic client, which its typed clients stand on: ACS3 unless told otherwise.
type openAPI struct {
	algorithm, server, id, key string
	inBody                     bool
}

func (how openAPI) call(action string, parameters map[string]string) (map[string]any, error) {
	config := &openapiutil.Config{AccessKeyId: tea.String(or(how.id, keyID)), AccessKeySecret: tea.String(or(how.key, secret)),
		Endpoint: tea.String(or(how.server, server)), Protocol: tea.String("http")}
	if how.algorithm != "" {
		config.SignatureAlgorithm = tea.String(how.algorithm)
	}
	client := must(openapi.NewClient(config))
	what := &openapiutil.Params{Action: tea.String(action), Version: tea.String(smsVersion), Protocol: tea.String("HTTP"), Pathname: tea.String("/"),
		Method: tea.String("POST"), AuthType: tea.String("AK"), Style: tea.String("RPC"), ReqBodyType: tea.String("formData"), BodyType: tea.String("json")}
	given := map[string]*string{}
	body := map[string]any{}
	for name, value := range parameters {
		given[name], body[name] = tea.String(value), value
	}
	request := &openapiutil.OpenApiRequest{Query: given}
	if how.inBody {
		request = &openapiutil.OpenApiRequest{Body: body}
	}
	answer, err := client.CallApi(what, request, &dara.RuntimeOptions{})
	if err != nil {
		return nil, err
	}
	found, _ := answer["body"].(map[string]any)
	return found, nil
}

func refusesOpenAPI(name, code string, status int, how openAPI, action string, parameters map[string]string) {
	test(name, func() {
		answer, err := how.call(action, parameters)
		var refusal *tea.SDKError
		if !errors.As(err, &refusal) {
			check(name, false, "no refusal", answer, err)
			return
		}
		check(name, tea.StringValue(refusal.Code) == code && tea.IntValue(refusal.StatusCode) == status, refusal.Error())
	})
}

func outbox() map[string]string {
	var found struct {
		Messages []struct{ ID, Text string }
	}
	must(0, json.Unmarshal(selfsame("sms", "outbox", "--name", customer, "--limit", "1000", "--json"), &found))
	texts := map[string]string{}
	for _, message := range found.Messages {
		texts[message.ID] = message.Text
	}
	return texts
}

func sms() {
	one := map[string]string{"To": smsTo, "From": "Alicloud", "Message": smsText}
	for name, how := range map[string]rpc{"RPC": {}, "RPC in the body": {inBody: true}, "RPC by GET": {method: "GET"}} {
		how.version = smsVersion
		test(name, func() { sendsAll(name, how.json) })
	}
	test("ACS3", func() { sendsAll("ACS3", openAPI{}.call) })
	test("ACS3 in the body", func() { sendsAll("ACS3 in the body", openAPI{inBody: true}.call) })
	test("RPC by the generic client", func() { sendsAll("RPC by the generic client", openAPI{algorithm: "v2"}.call) })
	for name, run := range map[string]func(string, map[string]string) (map[string]any, error){"RPC": rpc{version: smsVersion}.json, "ACS3": openAPI{}.call} {
		test("refused by the business, "+name, func() { refusedByBusiness(name, run) })
	}
	test("XML, which is the default", func() {
		_, body, err := rpc{action: "SendMessageToGlobe", version: smsVersion, format: "XML"}.call(map[string]string{"To": smsTo, "Message": `a<b>&"c`})
		check("XML", err == nil && strings.Contains(body, "<SendMessageToGlobeResponse>") && strings.Contains(body, "<ResponseCode>OK</ResponseCode>"), body, err)
	})

	right := rpc{action: "SendMessageToGlobe", version: smsVersion}
	refusesSignatures(right, one)
	refusesRPC("no To", "MissingTo", 400, right, map[string]string{"Message": "x"})
	refusesRPC("a batch of nothing", "MissingTo", 400, rpc{action: "BatchSendMessageToGlobe", version: smsVersion}, nil)
	for _, algorithm := range []string{"", "v2"} {
		how := or(algorithm, "ACS3")
		refusesOpenAPI(how+": wrong secret", "SignatureDoesNotMatch", 400, openAPI{algorithm: algorithm, key: secret + "x"}, "SendMessageToGlobe", one)
		refusesOpenAPI(how+": unknown key", "InvalidAccessKeyId.NotFound", 404, openAPI{algorithm: algorithm, id: "LTAIunknown"}, "SendMessageToGlobe", one)
		refusesOpenAPI(how+": no such action", "InvalidAction.NotFound", 404, openAPI{algorithm: algorithm}, "NoSuchAction", one)
		refusesOpenAPI(how+": no Message", "MissingMessage", 400, openAPI{algorithm: algorithm}, "SendMessageToGlobe", map[string]string{"To": smsTo})
		test(how+": a replay", func() {
			kept := recorded(func(address string) {
				must(openAPI{algorithm: algorithm, server: address}.call("SendMessageToGlobe", one))
			})
			status, _, body := kept.again()
			check(how+": a replay", status == 400 && body2code(body) == "SignatureNonceUsed", status, string(body))
			kept.target = strings.Replace(kept.target, smsTo, "628131234568", 1)
			status, _, body = kept.again()
			check(how+": another number", status == 400 && body2code(body) == "SignatureDoesNotMatch", status, string(body))
		})
	}
}

func (how rpc) json(action string, parameters map[string]string) (answer map[string]any, err error) {
	how.action = action
	_, body, err := how.call(parameters)
	if err == nil {
		err = json.Unmarshal([]byte(body), &answer)
	}
	return
}

// sendsAll goes through every action once.
func sendsAll(name string, run func(string, map[string]string) (map[string]any, error)) {
	sent := must(run("SendMessageToGlobe", map[string]string{"To": smsTo, "From": "Alicloud", "Message": smsText}))
	id, _ := sent["MessageId"].(string)
	check(name+": sent", sent["ResponseCode"] == "OK" && sent["To"] == smsTo && sent["Segments"] == "1" && sent["Code"] == nil && sent["RequestId"] != "", sent)
	check(name+": the outbox has it", outbox()[id] == smsText, sent)
	found := must(run("QueryMessage", map[string]string{"MessageId": id}))
	country, _ := found["NumberDetail"].(map[string]any)
	check(name+": as it was", found["Message"] == smsText && found["To"] == smsTo && country["Country"] == "Indonesia", found)
	batch := must(run("BatchSendMessageToGlobe", map[string]string{"To": `["` + smsTo + `","628131234568","12"]`, "Message": `["a","b","c"]`}))
	list, _ := batch["MessageIdList"].(string)
	var ids []string
	check(name+": batch", batch["SuccessCount"] == "2" && batch["FailedList"] == `["12"]` && json.Unmarshal([]byte(list), &ids) == nil && len(ids) == 2, batch)
	texts := outbox()
	check(name+": each its own text", len(ids) == 2 && texts[ids[0]] == "a" && texts[ids[1]] == "b", batch)
	check(name+": conversion of all", must(run("ConversionData", map[string]string{"ConversionRate": "0.5"}))["ResponseCode"] == "OK")
	check(name+": conversion of one", must(run("SmsConversion", map[string]string{"MessageId": id, "Delivered": "true"}))["ResponseCode"] == "OK")
	selfsame("sms", "template", "set", "--name", customer, "--code", "SMS_1", "--text", "Code ${code}.")
	filled := must(run("SendMessageWithTemplate", map[string]string{"To": "8615012345678", "From": "Bank", "TemplateCode": "SMS_1", "TemplateParam": `{"code":"1234"}`}))
	id, _ = filled["MessageId"].(string)
	check(name+": template", filled["ResponseCode"] == "OK" && outbox()[id] == "【Bank】Code 1234.", filled)
}

// refusedByBusiness is what comes with HTTP 200.
func refusedByBusiness(name string, run func(string, map[string]string) (map[string]any, error)) {
	for _, each := range []struct {
		action, code string
		parameters   map[string]string
	}{
		{"SendMessageToGlobe", "MOBILE_NUMBER_ILLEGAL", map[string]string{"To": "123", "Message": "x"}},
		{"SendMessageToGlobe", "NOT_SUPPORTED_COUNTRY", map[string]string{"To": "8615012345678", "Message": "x"}},
		{"SendMessageToGlobe", "INVALID_SENDERID", map[string]string{"To": smsTo, "From": "twelveletter", "Message": "x"}},
		{"SendMessageToGlobe", "PARAM_LENGTH_LIMIT", map[string]string{"To": smsTo, "Message": strings.Repeat("中", 1341)}},
		{"SendMessageToGlobe", "INVALID_PARAMETERS", map[string]string{"To": smsTo, "Message": "x", "Type": "SPAM"}},
		{"BatchSendMessageToGlobe", "INVALID_PARAMETERS", map[string]string{"To": smsTo, "Message": "x"}},
		{"SendMessageWithTemplate", "SMS_CONTENT_CODE_ILLEGAL", map[string]string{"To": smsTo, "From": "Bank", "TemplateCode": "SMS_2"}},
		{"SendMessageWithTemplate", "INVALID_JSON_PARAM", map[string]string{"To": smsTo, "From": "Bank", "TemplateCode": "SMS_1", "TemplateParam": "{"}},
		{"QueryMessage", "DATA_NOT_EXIST", map[string]string{"MessageId": "1"}},
		{"ConversionData", "INVALID_PARAMETERS", map[string]string{"ConversionRate": "1.1"}},
		{"SmsConversion", "DATA_NOT_EXIST", map[string]string{"MessageId": "1", "Delivered": "true"}},
	} {
		answer, err := run(each.action, each.parameters)
		check(name+": "+each.action+" "+each.code, err == nil && answer["ResponseCode"] == each.code && answer["Code"] == nil, answer, err)
	}
}
