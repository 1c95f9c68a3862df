// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"sort"
	"strings"
	"sync"

	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common"
	sdkerrors "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/errors"
	sdkhttp "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/http"
	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/profile"
)

// The vendor's common client signs and sends; these are models as the vendor's generator writes them (its v1 and GET
// take fields with a `name` only).
type (
	base    = sdkhttp.BaseRequest
	compare struct {
		*base
		ImageBase64  *string `name:"ImageBase64" json:"ImageBase64,omitnil,omitempty"`
		VideoBase64  *string `name:"VideoBase64" json:"VideoBase64,omitnil,omitempty"`
		LivenessType *string `name:"LivenessType" json:"LivenessType,omitnil,omitempty"`
		ImageURL     *string `name:"ImageUrl" json:"ImageUrl,omitnil,omitempty"`
		VideoURL     *string `name:"VideoUrl" json:"VideoUrl,omitnil,omitempty"`
	}
	config struct {
		AutoSkip        *bool   `name:"AutoSkip" json:"AutoSkip,omitnil,omitempty"`
		CheckMode       *int64  `name:"CheckMode" json:"CheckMode,omitnil,omitempty"`
		SecurityLevel   *int64  `name:"SecurityLevel" json:"SecurityLevel,omitnil,omitempty"`
		ActionList      *string `name:"ActionList" json:"ActionList,omitnil,omitempty"`
		LivenessTimeout *int64  `name:"LivenessTimeout" json:"LivenessTimeout,omitnil,omitempty"`
	}
	webOrder struct {
		*base
		RedirectURL        *string `name:"RedirectURL" json:"RedirectURL,omitnil,omitempty"`
		CompareImageBase64 *string `name:"CompareImageBase64" json:"CompareImageBase64,omitnil,omitempty"`
		Extra              *string `name:"Extra" json:"Extra,omitnil,omitempty"`
		Config             *config `name:"Config" json:"Config,omitnil,omitempty"`
	}
	appOrder struct {
		*base
		CheckMode   *string `name:"CheckMode" json:"CheckMode,omitnil,omitempty"`
		SecureLevel *string `name:"SecureLevel" json:"SecureLevel,omitnil,omitempty"`
		Image       *string `name:"Image" json:"Image,omitnil,omitempty"`
		ActionList  *string `name:"ActionList" json:"ActionList,omitnil,omitempty"`
		Extra       *string `name:"Extra" json:"Extra,omitnil,omitempty"`
	}
	identityOrder struct {
		*base
		CheckMode            *int64   `name:"CheckMode" json:"CheckMode,omitnil,omitempty"`
		IDCardType           *string  `name:"IdCardType" json:"IdCardType,omitnil,omitempty"`
		NeedVerifyIDCard     *bool    `name:"NeedVerifyIdCard" json:"NeedVerifyIdCard,omitnil,omitempty"`
		SelectedWarningCodes []*int64 `name:"SelectedWarningCodes" json:"SelectedWarningCodes,omitnil,omitempty"`
		Extra                *string  `name:"Extra" json:"Extra,omitnil,omitempty"`
	}
	about struct {
		*base
		BizToken     *string `name:"BizToken" json:"BizToken,omitnil,omitempty"`
		SdkToken     *string `name:"SdkToken" json:"SdkToken,omitnil,omitempty"`
		TargetAction *string `name:"TargetAction" json:"TargetAction,omitnil,omitempty"`
	}
	webhook struct {
		*base
		WebhookName *string `name:"WebhookName" json:"WebhookName,omitnil,omitempty"`
		WebhookURL  *string `name:"WebhookURL" json:"WebhookURL,omitnil,omitempty"`
		Scene       *string `name:"Scene" json:"Scene,omitnil,omitempty"`
		WebhookID   *int64  `name:"WebhookId" json:"WebhookId,omitnil,omitempty"`
	}
)

// said is every field of an answer that is looked at here.
type said struct {
	RequestID       string `json:"RequestId"`
	Result          string
	Description     string
	Sim             float64
	Similarity      float64
	BestFrame       any // base64, or a file to fetch
	BestFrameBase64 string
	BestFrameList   []string
	Video           any
	Extra           string
	BizToken        string
	SdkToken        string
	VerificationURL string
	ErrorCode       *int64
	UploadURL       string `json:"UploadUrl"`
	ResourceURL     string `json:"ResourceUrl"`
	WebhookID       int64  `json:"WebhookId"`
	TotalCount      int64
	ChargeCount     int64

	VerificationDetailList []struct {
		ErrorCode, CompareErrorCode *int64
		Similarity                  float64
	}
}

type reply struct {
	*sdkhttp.BaseResponse
	Response *said
}

const (
	tc3           = "TC3-HMAC-SHA256"
	success       = "Success"
	lowSimilarity = "FailedOperation.CompareLowSimilarity"
	illegalToken  = "InvalidParameterValue.BizTokenIllegal"
	nothing       = "00000000-0000-4000-8000-000000000000"
)

var (
	schemes = []string{tc3, "HmacSHA256", "HmacSHA1"}
	billed  []string // "product code" of what must be in the ledger at the end
)

func p[T any](value T) *T { return &value }

func to(action string) *base {
	made := &base{}
	made.Init().WithApiInfo("faceid", "2018-03-01", action)
	return made
}

// asker is a client in the making; what is left empty is as it should be.
type asker struct {
	scheme, method, endpoint, region, id, key string
	unsigned                                  bool
	way                                       http.RoundTripper
}

func or(given, usual string) string {
	if given == "" {
		return usual
	}
	return given
}

func (who asker) client() *common.Client {
	how := profile.NewClientProfile()
	how.SignMethod, how.UnsignedPayload = or(who.scheme, tc3), who.unsigned
	how.HttpProfile.Scheme, how.HttpProfile.Endpoint = "HTTP", or(who.endpoint, server)
	how.HttpProfile.ReqMethod = or(who.method, "POST")
	client := common.NewCommonClient(common.NewCredential(or(who.id, keyID), or(who.key, secret)), or(who.region, "ap-singapore"), how)
	if who.way != nil {
		client.WithHttpTransport(who.way)
	}
	return client
}

func (who asker) ask(request sdkhttp.Request) (*said, error) {
	answer := &reply{BaseResponse: &sdkhttp.BaseResponse{}}
	if err := who.client().Send(request, answer); err != nil {
		return nil, err
	}
	return answer.Response, nil
}

// bought is an answer, noted when it is billed.
func (who asker) bought(request sdkhttp.Request) (*said, error) {
	answer, err := who.ask(request)
	if err == nil && (answer.Result == success || answer.Result == lowSimilarity) {
		billed = append(billed, "tencent.pure-api "+answer.Result)
	}
	return answer, err
}

func comparison(photo, video []byte) *compare {
	return &compare{base: to("CompareFaceLiveness"), ImageBase64: p(b64(photo)), VideoBase64: p(b64(video)), LivenessType: p("SILENT")}
}

func getsResult(name, code string, who asker, photo, video []byte) {
	test(name, func() {
		answer := must(who.bought(comparison(photo, video)))
		check(name+": Result", answer.Result == code && answer.Description != "", answer.Result, answer.Description)
		check(name+": RequestId", len(answer.RequestID) == 36, answer.RequestID)
		switch code {
		case success:
			check(name+": Sim", answer.Sim >= 70 && answer.Sim <= 100, answer.Sim)
		case lowSimilarity:
			check(name+": Sim", answer.Sim >= 0 && answer.Sim < 70, answer.Sim)
		default:
			check(name+": Sim", answer.Sim == 0, answer.Sim)
			return
		}
		check(name+": BestFrameBase64 is a JPEG", isJPEG(answer.BestFrameBase64))
	})
}

func refuses(name, code string, who asker, request sdkhttp.Request, text ...string) {
	test(name, func() {
		answer, err := who.ask(request)
		var refusal *sdkerrors.TencentCloudSDKError
		if !errors.As(err, &refusal) {
			check(name, false, "no refusal", answer, err)
			return
		}
		check(name, refusal.Code == code, "want", code, "got", refusal.Error())
		check(name+": has an id and a message", len(refusal.RequestId) == 36 && refusal.Message != "" &&
			strings.Contains(refusal.Message, strings.Join(text, "")), refusal.Error())
	})
}

func tencent() {
	measured()
	sent()
	asked()
	again()
	byURL()
	tokens()
	webhooks()
	test("billing", func() {
		var rows []string
		for _, row := range ledger() {
			rows = append(rows, row.Product+" "+row.Code)
		}
		sort.Strings(rows)
		sort.Strings(billed)
		check("the ledger has these rows", fmt.Sprint(rows) == fmt.Sprint(billed), rows, billed)
	})
}

func measured() {
	live, same, other := media("live.mp4"), media("same_person.jpg"), media("other_person.jpg")
	for _, scheme := range schemes {
		getsResult("same person, "+scheme, success, asker{scheme: scheme}, same, live)
	}
	getsResult("unsigned payload", success, asker{unsigned: true}, same, live)
	getsResult("another person", lowSimilarity, asker{}, other, live)
	getsResult("another person, v1", lowSimilarity, asker{scheme: "HmacSHA256"}, other, live)
	getsResult("no face in the photo", "FailedOperation.LifePhotoDetectNoFaces", asker{}, media("no_face.jpg"), live)
	getsResult("two faces in the photo", "FailedOperation.LifePhotoDetectFaces", asker{}, media("two_faces.jpg"), live)
	getsResult("video of one second", "FailedOperation.SilentTooShort", asker{}, same, media("one_second.mp4"))
	getsResult("corrupt video", "FailedOperation.LipVideoInvalid", asker{}, same, media("corrupt.mp4"))
}

func sent() {
	live, same := media("live.mp4"), media("same_person.jpg")
	with := func(change func(*compare)) *compare {
		made := comparison(same, live)
		change(made)
		return made
	}
	zeros := func(content []byte, count int) []byte { return append(bytes.Clone(content), make([]byte, count)...) }
	for _, scheme := range []string{tc3, "HmacSHA256"} {
		who, how := asker{scheme: scheme}, ", "+scheme
		refuses("undecodable image"+how, "FailedOperation.ImageDecodeFailed", who, comparison([]byte(strings.Repeat("not an image", 20)), live))
		refuses("oversize image"+how, "FailedOperation.ImageSizeTooLarge", who, comparison(zeros(same, 5<<20), live))
		refuses("oversize video"+how, "FailedOperation.LipSizeError", who, comparison(same, zeros(live, 6<<20)))
		refuses("data: prefix"+how, "InvalidParameterValue", who, with(func(c *compare) { *c.ImageBase64 = "data:image/jpeg;base64," + *c.ImageBase64 }))
		refuses("unknown LivenessType"+how, "InvalidParameterValue", who, with(func(c *compare) { *c.LivenessType = "NOPE" }))
		refuses("without ImageBase64"+how, "MissingParameter", who, with(func(c *compare) { c.ImageBase64 = nil }), "ImageBase64")
		refuses("without VideoBase64"+how, "MissingParameter", who, with(func(c *compare) { c.VideoBase64 = nil }), "VideoBase64")
		refuses("without LivenessType"+how, "MissingParameter", who, with(func(c *compare) { c.LivenessType = nil }), "LivenessType")
		refuses("unknown action"+how, "InvalidAction", who, &about{base: to("NoSuchActionAtAll")})
		refuses("unknown version"+how, "NoSuchVersion", who, &about{base: to("GetLivenessResult").WithApiInfo("faceid", "1999-01-01", "GetLivenessResult")})
		refuses("unknown region"+how, "UnsupportedRegion", asker{scheme: scheme, region: "eu-frankfurt"}, comparison(same, live))
	}
	refuses("a document", "UnsupportedOperation", asker{},
		&identityOrder{base: to("ApplySdkVerificationToken"), CheckMode: p[int64](1), IDCardType: p("HMTPermit")})
	refuses("body over 10 MB", "RequestSizeLimitExceeded", asker{}, comparison(zeros(same, 11<<20), live))
	refuses("body over 10 MB, v1", "AuthFailure.SignatureFailure", asker{scheme: "HmacSHA256"}, comparison(zeros(same, 11<<20), live), tc3)
}

func asked() {
	tiny := func() *compare { return comparison([]byte("abc"), []byte("abc")) }
	for _, scheme := range schemes {
		how := ", " + scheme
		refuses("GET"+how, "FailedOperation.ImageDecodeFailed", asker{scheme: scheme, method: "GET"}, tiny())
		refuses("wrong secret"+how, "AuthFailure.SignatureFailure", asker{scheme: scheme, key: secret + "x"}, tiny())
		refuses("unknown key"+how, "AuthFailure.SecretIdNotFound", asker{scheme: scheme, id: "AKIDunknown"}, tiny())
		refuses("changed on the way"+how, "AuthFailure.SignatureFailure", asker{scheme: scheme, way: altered{"SILENT", "ACTION"}}, tiny())
		refuses("a changed query"+how, "AuthFailure.SignatureFailure", asker{scheme: scheme, method: "GET", way: altered{"SILENT", "ACTION"}}, tiny())
	}
}

// again sends the same request twice: TC3 gives the stored answer, a nonce of v1 is used.
func again() {
	for _, scheme := range schemes {
		name := "replayed " + scheme
		test(name, func() {
			var first *said
			kept := recorded(func(address string) {
				who := asker{scheme: scheme, endpoint: address}
				if scheme == tc3 {
					first = must(who.bought(comparison(media("same_person.jpg"), media("live.mp4"))))
				} else {
					first = must(who.ask(&appOrder{base: to("ApplyLivenessToken"), SecureLevel: p("1")}))
				}
			})
			_, _, body := kept.again()
			var second struct {
				Response struct {
					said
					Error struct{ Code string }
				}
			}
			must(0, json.Unmarshal(body, &second))
			if scheme != tc3 {
				check(name+": refused", strings.HasPrefix(second.Response.Error.Code, "AuthFailure."), string(body))
				return
			}
			check(name+": the same RequestId", second.Response.RequestID == first.RequestID, string(body))
			check(name+": the stored answer", second.Response.Sim == first.Sim && second.Response.BestFrameBase64 == first.BestFrameBase64)
		})
	}
}

func byURL() {
	uploaded := func(content []byte) string {
		made := must(asker{}.ask(&about{base: to("CreateUploadUrl"), TargetAction: p("LivenessCompare")}))
		put := must(http.NewRequest("PUT", made.UploadURL, bytes.NewReader(content)))
		answer := must(http.DefaultClient.Do(put))
		answer.Body.Close()
		check("PUT UploadUrl", answer.StatusCode == 200, answer.Status)
		return made.ResourceURL
	}
	live, same := media("live.mp4"), media("same_person.jpg")
	test("LivenessCompare by URLs", func() {
		answer := must(asker{}.bought(&compare{base: to("LivenessCompare"), LivenessType: p("SILENT"), ImageURL: p(uploaded(same)), VideoURL: p(uploaded(live))}))
		check("LivenessCompare by URLs: Success", answer.Result == success && answer.Sim >= 70, answer.Result)
	})
	test("LivenessCompare", func() {
		answer := must(asker{}.bought(&compare{base: to("LivenessCompare"), LivenessType: p("SILENT"), ImageBase64: p(b64(same)), VideoBase64: p(b64(live))}))
		check("LivenessCompare: Success", answer.Result == success && answer.Sim >= 70, answer.Result)
		check("LivenessCompare: a frame", isJPEG(answer.BestFrameBase64), answer.BestFrameBase64)
	})
	refuses("a host that is not listed", "FailedOperation.DownLoadError", asker{},
		&compare{base: to("LivenessCompare"), LivenessType: p("SILENT"), ImageURL: p("http://example.com/face.jpg"), VideoBase64: p(b64(live))})
}

func tokens() {
	for _, scheme := range schemes {
		pending(asker{scheme: scheme}, ", "+scheme)
	}
	pending(asker{method: "GET"}, ", GET")
	var devices sync.WaitGroup // each takes as long as a recording
	for _, finished := range []func(){finishedWeb, finishedApp} {
		devices.Add(1)
		go func() { defer devices.Done(); test("finished", finished) }()
	}
	devices.Wait()
	for _, action := range []string{"GetFaceIdResultIntl", "GetLivenessResult", "GetSdkVerificationResult"} {
		refuses("unknown SdkToken, "+action, illegalToken, asker{}, &about{base: to(action), SdkToken: p(nothing)})
	}
	test("another's token", func() {
		mine := must(asker{}.ask(&appOrder{base: to("ApplyLivenessToken"), SecureLevel: p("1")})).SdkToken
		var another struct {
			AccessKeyID     string `json:"access_key_id"`
			AccessKeySecret string `json:"access_key_secret"`
		}
		must(0, json.Unmarshal(selfsame("key", "create", "--name", customer+"-other", "--json"), &another))
		who := asker{id: another.AccessKeyID, key: another.AccessKeySecret}
		refuses("another customer's token", illegalToken, who, &about{base: to("GetLivenessResult"), SdkToken: p(mine)})
		refuses("another action's token", illegalToken, asker{}, &about{base: to("GetFaceIdResultIntl"), SdkToken: p(mine)})
		check("one's own", must(asker{}.ask(&about{base: to("GetLivenessResult"), SdkToken: p(mine)})).Result == "-999")
	})
}

var aToken = regexp.MustCompile(`^[0-9A-F-]{36}$`)

// pending orders one token of each kind and asks for what is not finished.
func pending(who asker, how string) {
	extra := "é ~*+/=& 中 !'()"
	test("web"+how, func() {
		order := &webOrder{base: to("ApplyWebVerificationBizTokenIntl"), RedirectURL: p("https://example.com/cb?x=1&y=%20"), Extra: p(extra),
			CompareImageBase64: p(b64(media("same_person.jpg"))), Config: &config{AutoSkip: p(true), CheckMode: p[int64](2),
				SecurityLevel: p[int64](4), ActionList: p("nod,mouth"), LivenessTimeout: p[int64](60)}}
		if who.method == "GET" { // takes no photo
			order.CompareImageBase64, order.Config.CheckMode = nil, p[int64](3)
		}
		made := must(who.ask(order))
		check("BizToken"+how, aToken.MatchString(made.BizToken) && strings.HasSuffix(made.VerificationURL, "/reflect/?token="+made.BizToken), made)
		result := must(who.ask(&about{base: to("GetWebVerificationResultIntl"), BizToken: p(made.BizToken)}))
		check("not finished"+how, result.ErrorCode == nil && result.Extra == extra, result)
		order = &webOrder{base: to("ApplyWebVerificationBizTokenIntl"), RedirectURL: p("https://example.com/"),
			Config: &config{CheckMode: p[int64](3), SecurityLevel: p[int64](9)}}
		refuses("level 9"+how, "InvalidParameterValue", who, order)
		refuses("unknown BizToken"+how, illegalToken, who, &about{base: to("GetWebVerificationResultIntl"), BizToken: p(nothing)})
	})
	test("app"+how, func() {
		made := must(who.ask(&appOrder{base: to("GetFaceIdTokenIntl"), SecureLevel: p("2"), ActionList: p("blink,mouth"), Extra: p(extra)}))
		result := must(who.ask(&about{base: to("GetFaceIdResultIntl"), SdkToken: p(made.SdkToken)}))
		check("GetFaceIdResultIntl"+how, result.Result == "-999" && result.Description != "" && result.Extra == extra, result)
		made = must(who.ask(&appOrder{base: to("ApplyLivenessToken"), SecureLevel: p("1")}))
		result = must(who.ask(&about{base: to("GetLivenessResult"), SdkToken: p(made.SdkToken)}))
		check("GetLivenessResult"+how, result.Result == "-999", result)
	})
	test("identity"+how, func() {
		made := must(who.ask(&identityOrder{base: to("ApplySdkVerificationToken"), CheckMode: p[int64](3), NeedVerifyIDCard: p(false),
			SelectedWarningCodes: []*int64{p[int64](-9102), p[int64](-9103)}, Extra: p(extra)}))
		result := must(who.ask(&about{base: to("GetSdkVerificationResult"), SdkToken: p(made.SdkToken)}))
		check("GetSdkVerificationResult"+how, result.Result == "-999" && result.Extra == extra && result.ChargeCount == 0, result)
	})
}

func noted(row string) {
	counting.Lock()
	defer counting.Unlock()
	billed = append(billed, row)
}

func finishedWeb() {
	order := &webOrder{base: to("ApplyWebVerificationBizTokenIntl"), RedirectURL: p("https://example.com/done"),
		CompareImageBase64: p(b64(media("same_person.jpg"))),
		Config:             &config{CheckMode: p[int64](2), SecurityLevel: p[int64](1), AutoSkip: p(true)}}
	token := must(asker{}.ask(order)).BizToken
	perform(token)
	noted("tencent.web 0")
	result := must(asker{}.ask(&about{base: to("GetWebVerificationResultIntl"), BizToken: p(token)}))
	check("web: passed", result.ErrorCode != nil && *result.ErrorCode == 0 && len(result.VerificationDetailList) == 1, result)
	if len(result.VerificationDetailList) == 1 {
		attempt := result.VerificationDetailList[0]
		check("web: the attempt", attempt.ErrorCode != nil && *attempt.ErrorCode == 0 && attempt.CompareErrorCode != nil &&
			*attempt.CompareErrorCode == 0 && attempt.Similarity >= 70, attempt)
	}
}

func finishedApp() {
	token := must(asker{}.ask(&appOrder{base: to("GetFaceIdTokenIntl"), CheckMode: p("compare"), SecureLevel: p("1"), Image: p(b64(media("same_person.jpg")))})).SdkToken
	perform(token)
	noted("tencent.app-sdk 0")
	result := must(asker{}.ask(&about{base: to("GetFaceIdResultIntl"), SdkToken: p(token)}))
	check("app: Success", result.Result == "0" && result.Similarity >= 70, result.Result, result.Description)
	frame, _ := result.BestFrame.(string)
	video, _ := result.Video.(string)
	content, err := base64.StdEncoding.DecodeString(video)
	check("app: media", isJPEG(frame) && err == nil && bytes.Equal(content, media("live.mp4")), len(video))
}

func webhooks() {
	name := "results"
	test("webhooks", func() {
		made := must(asker{}.ask(&webhook{base: to("CreateEKYCWebhook"), WebhookName: p(name), WebhookURL: p("https://example.com/hook"), Scene: p("NONDOC_VERIFICATION_RESULT")}))
		check("webhook: made", made.Result == success && made.WebhookID > 0, made)
		check("webhook: listed", must(asker{}.ask(&webhook{base: to("ListEKYCWebhooks")})).TotalCount == 1)
		check("webhook: removed", must(asker{}.ask(&webhook{base: to("DeleteEKYCWebhook"), WebhookID: &made.WebhookID})).WebhookID == made.WebhookID)
		check("webhook: gone", must(asker{}.ask(&webhook{base: to("ListEKYCWebhooks")})).TotalCount == 0)
	})
	refuses("webhook by http", "InvalidParameterValue", asker{}, &webhook{base: to("CreateEKYCWebhook"), WebhookName: p(name), WebhookURL: p("http://example.com/")})
}
