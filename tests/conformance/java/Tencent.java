// SPDX-License-Identifier: Apache-2.0

import static java.util.Map.entry;

import com.google.gson.JsonObject;
import com.tencentcloudapi.common.AbstractModel;
import com.tencentcloudapi.common.CommonClient;
import com.tencentcloudapi.common.Credential;
import com.tencentcloudapi.common.exception.TencentCloudSDKException;
import com.tencentcloudapi.common.profile.ClientProfile;
import com.tencentcloudapi.common.profile.HttpProfile;
import com.tencentcloudapi.faceid.v20180301.FaceidClient;
import com.tencentcloudapi.faceid.v20180301.models.CheckIdNameDateRequest;
import com.tencentcloudapi.faceid.v20180301.models.DetectAIFakeFacesRequest;
import com.tencentcloudapi.faceid.v20180301.models.IdCardVerificationRequest;
import com.tencentcloudapi.faceid.v20180301.models.ImageRecognitionV2Request;
import com.tencentcloudapi.faceid.v20180301.models.LivenessCompareRequest;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * tencentcloud-sdk-java: its common client for the international actions, which the mirror's typed SDK does not have,
 * and its typed faceid client for those that both have.
 */
final class Tencent {
  private static final String TC3 = ClientProfile.SIGN_TC3_256;
  private static final List<String> SCHEMES = List.of(TC3, ClientProfile.SIGN_SHA256, ClientProfile.SIGN_SHA1);
  private static final String SUCCESS = "Success";
  private static final String LOW = "FailedOperation.CompareLowSimilarity";
  private static final String ILLEGAL = "InvalidParameterValue.BizTokenIllegal";
  private static final String NOTHING = "00000000-0000-4000-8000-000000000000";
  private static final String EXTRA = "é ~*+/=& 中 !'()";
  private static final List<String> BILLED = new ArrayList<>(); // what must be in the ledger at the end

  private Tencent() {}

  /** The fields of any action: as JSON, or flattened as v1 and GET want them. */
  private static final class Fields extends AbstractModel {
    private final Map<String, ?> fields;
    private final boolean flat;

    Fields(Map<String, ?> fields, boolean flat) {
      this.fields = fields;
      this.flat = flat;
    }

    @Override
    public HashMap<String, Object> any() {
      return flat ? new HashMap<>() : new HashMap<>(fields);
    }

    @Override
    protected void toMap(HashMap<String, String> map, String prefix) {
      if (flat) flatten(map, prefix, fields);
    }

    private void flatten(HashMap<String, String> map, String prefix, Map<?, ?> from) {
      from.forEach((name, value) -> {
        if (value instanceof Map<?, ?> inner) flatten(map, prefix + name + ".", inner);
        else if (value instanceof Object[] list) setParamArraySimple(map, prefix + name + ".", list);
        else setParamSimple(map, prefix + name, value);
      });
    }
  }

  /** A client in the making. */
  private static final class Asker {
    String scheme = TC3;
    String method = HttpProfile.REQ_POST;
    String endpoint = Kit.SERVER;
    String region = "ap-singapore";
    String version = "2018-03-01";
    String id = Kit.KEY_ID;
    String key = Kit.SECRET;
    boolean unsigned;

    ClientProfile profile() {
      HttpProfile http = new HttpProfile();
      http.setProtocol(HttpProfile.REQ_HTTP);
      http.setEndpoint(endpoint);
      http.setReqMethod(method);
      ClientProfile profile = new ClientProfile(scheme, http);
      profile.setUnsignedPayload(unsigned);
      return profile;
    }

    JsonObject ask(String action, Map<String, ?> fields) throws TencentCloudSDKException {
      boolean flat = !scheme.equals(TC3) || method.equals(HttpProfile.REQ_GET);
      CommonClient client = new CommonClient("faceid", version, new Credential(id, key), region, profile());
      return Kit.json(client.commonRequest(new Fields(fields, flat), action)).getAsJsonObject("Response");
    }
  }

  private static Asker by(String scheme) {
    Asker asker = new Asker();
    asker.scheme = scheme;
    return asker;
  }

  private static Asker with(String scheme, java.util.function.Consumer<Asker> change) {
    Asker asker = by(scheme);
    change.accept(asker);
    return asker;
  }

  private static JsonObject noted(JsonObject answer) {
    String result = Kit.text(answer, "Result");
    if (result.equals(SUCCESS) || result.equals(LOW)) BILLED.add("tencent.pure-api " + result);
    return answer;
  }

  private static Map<String, Object> comparison(byte[] photo, byte[] video) {
    return new HashMap<>(Map.of("ImageBase64", Kit.b64(photo), "VideoBase64", Kit.b64(video), "LivenessType", "SILENT"));
  }

  private static void getsResult(String name, String code, Asker by, byte[] photo, byte[] video) {
    Kit.test(name, () -> {
      JsonObject answer = noted(by.ask("CompareFaceLiveness", comparison(photo, video)));
      double sim = answer.get("Sim").getAsDouble();
      Kit.check(name + ": Result", Kit.text(answer, "Result").equals(code) && !Kit.text(answer, "Description").isEmpty(), answer);
      Kit.check(name + ": RequestId", Kit.text(answer, "RequestId").length() == 36, answer);
      boolean right = code.equals(SUCCESS) ? sim >= 70 && sim <= 100 : code.equals(LOW) ? sim >= 0 && sim < 70 : sim == 0;
      Kit.check(name + ": Sim", right, sim);
      if (code.equals(SUCCESS) || code.equals(LOW)) {
        byte[] frame = Base64.getDecoder().decode(Kit.text(answer, "BestFrameBase64"));
        Kit.check(name + ": BestFrameBase64 is a JPEG", Kit.isJpeg(frame), frame.length);
      }
    });
  }

  private static void refuses(String name, String code, Kit.Call<?> call, String... text) {
    Kit.test(name, () -> {
      try {
        Kit.check(name, false, "no refusal", call.call());
      } catch (TencentCloudSDKException error) {
        Kit.check(name, error.getErrorCode().equals(code), "want " + code, error);
        Kit.check(name + ": has an id and a message",
            error.getRequestId().length() == 36 && error.getMessage().contains(String.join("", text)), error);
      }
    });
  }

  static void run() throws Exception {
    measured();
    sent();
    asked();
    again();
    byUrl();
    typed();
    tokens();
    webhooks();
    BILLED.sort(null);
    Kit.check("the ledger has these rows", Kit.ledger().equals(BILLED), Kit.ledger(), BILLED);
  }

  private static void measured() throws Exception {
    byte[] live = Kit.media("live.mp4");
    byte[] same = Kit.media("same_person.jpg");
    byte[] other = Kit.media("other_person.jpg");
    for (String scheme : SCHEMES) getsResult("same person, " + scheme, SUCCESS, by(scheme), same, live);
    getsResult("unsigned payload", SUCCESS, with(TC3, who -> who.unsigned = true), same, live);
    getsResult("another person", LOW, by(TC3), other, live);
    getsResult("another person, v1", LOW, by(ClientProfile.SIGN_SHA256), other, live);
    getsResult("no face in the photo", "FailedOperation.LifePhotoDetectNoFaces", by(TC3), Kit.media("no_face.jpg"), live);
    getsResult("two faces in the photo", "FailedOperation.LifePhotoDetectFaces", by(TC3), Kit.media("two_faces.jpg"), live);
    getsResult("video of one second", "FailedOperation.SilentTooShort", by(TC3), same, Kit.media("one_second.mp4"));
    getsResult("corrupt video", "FailedOperation.LipVideoInvalid", by(TC3), same, Kit.media("corrupt.mp4"));
  }

  private static byte[] longer(byte[] content, int zeros) {
    return Arrays.copyOf(content, content.length + zeros);
  }

  private static void sent() throws Exception {
    byte[] live = Kit.media("live.mp4");
    byte[] same = Kit.media("same_person.jpg");
    for (String scheme : List.of(TC3, ClientProfile.SIGN_SHA256)) {
      String how = ", " + scheme;
      Map<String, Map<String, Object>> cases = new HashMap<>();
      cases.put("FailedOperation.ImageDecodeFailed", comparison("not an image".repeat(20).getBytes(), live));
      cases.put("FailedOperation.ImageSizeTooLarge", comparison(longer(same, 5 << 20), live));
      cases.put("FailedOperation.LipSizeError", comparison(same, longer(live, 6 << 20)));
      cases.forEach((code, fields) -> refuses(code + how, code, () -> by(scheme).ask("CompareFaceLiveness", fields)));
      for (var change : List.of(entry("ImageBase64", "data:image/jpeg;base64," + Kit.b64(same)), entry("LivenessType", "NOPE"))) {
        Map<String, Object> fields = comparison(same, live);
        fields.put(change.getKey(), change.getValue());
        refuses("wrong " + change.getKey() + how, "InvalidParameterValue", () -> by(scheme).ask("CompareFaceLiveness", fields));
      }
      for (String missing : List.of("ImageBase64", "VideoBase64", "LivenessType")) {
        Map<String, Object> fields = comparison(same, live);
        fields.remove(missing);
        refuses("without " + missing + how, "MissingParameter", () -> by(scheme).ask("CompareFaceLiveness", fields), missing);
      }
      Map<String, Object> plain = Map.of("SdkToken", NOTHING);
      refuses("unknown action" + how, "InvalidAction", () -> by(scheme).ask("NoSuchActionAtAll", plain));
      refuses("unknown version" + how, "NoSuchVersion", () -> with(scheme, who -> who.version = "1999-01-01").ask("GetLivenessResult", plain));
      refuses("unknown region" + how, "UnsupportedRegion", () -> with(scheme, who -> who.region = "eu-frankfurt").ask("GetLivenessResult", plain));
      refuses("a document" + how, "UnsupportedOperation",
          () -> by(scheme).ask("ApplySdkVerificationToken", Map.of("CheckMode", 1, "IdCardType", "HMTPermit")));
    }
    Map<String, Object> huge = comparison(longer(same, 11 << 20), live);
    refuses("body over 10 MB", "RequestSizeLimitExceeded", () -> by(TC3).ask("CompareFaceLiveness", huge));
  }

  private static void asked() {
    Map<String, Object> tiny = comparison(new byte[3], new byte[3]);
    for (String scheme : SCHEMES) {
      String how = ", " + scheme;
      refuses("GET" + how, "FailedOperation.ImageDecodeFailed",
          () -> with(scheme, who -> who.method = HttpProfile.REQ_GET).ask("CompareFaceLiveness", tiny));
      refuses("wrong secret" + how, "AuthFailure.SignatureFailure",
          () -> with(scheme, who -> who.key += "x").ask("CompareFaceLiveness", tiny));
      refuses("unknown key" + how, "AuthFailure.SecretIdNotFound",
          () -> with(scheme, who -> who.id = "AKIDunknown").ask("CompareFaceLiveness", tiny));
      Kit.test("changed on the way" + how, () -> {
        try (Kit.Recorder recorder = new Kit.Recorder()) {
          Asker relayed = with(scheme, who -> who.endpoint = recorder.address());
          relayed.ask("GetFaceIdTokenIntl", Map.of("SecureLevel", "1", "Extra", "abcdefgh"));
          String code = codeOf(recorder.altered("abcdefgh", "abcdefgi"));
          Kit.check("changed on the way" + how, code.equals("AuthFailure.SignatureFailure"), code);
        }
      });
    }
  }

  private static JsonObject responseOf(Kit.Answer answer) {
    return answer.json().getAsJsonObject("Response");
  }

  private static String codeOf(Kit.Answer answer) {
    JsonObject error = responseOf(answer).getAsJsonObject("Error");
    return error == null ? "" : Kit.text(error, "Code");
  }

  /** The same request twice: TC3 gives the stored answer, a nonce of v1 is used. */
  private static void again() throws Exception {
    Map<String, Object> fields = comparison(Kit.media("same_person.jpg"), Kit.media("live.mp4"));
    for (String scheme : SCHEMES) {
      String name = "replayed " + scheme;
      Kit.test(name, () -> {
        try (Kit.Recorder recorder = new Kit.Recorder()) {
          Asker relayed = with(scheme, who -> who.endpoint = recorder.address());
          if (scheme.equals(TC3)) {
            JsonObject first = noted(relayed.ask("CompareFaceLiveness", fields));
            JsonObject second = responseOf(recorder.again());
            Kit.check(name + ": the stored answer", second.equals(first), second.get("RequestId"), first.get("RequestId"));
          } else {
            relayed.ask("ApplyLivenessToken", Map.of("SecureLevel", "1"));
            String code = codeOf(recorder.again());
            Kit.check(name + ": refused", code.startsWith("AuthFailure."), code);
          }
        }
      });
    }
  }

  private static String uploaded(byte[] content) throws Exception {
    JsonObject made = by(TC3).ask("CreateUploadUrl", Map.of("TargetAction", "LivenessCompare"));
    HttpRequest put = HttpRequest.newBuilder(URI.create(Kit.text(made, "UploadUrl"))).PUT(HttpRequest.BodyPublishers.ofByteArray(content)).build();
    int status = HttpClient.newHttpClient().send(put, HttpResponse.BodyHandlers.discarding()).statusCode();
    Kit.check("PUT UploadUrl", status == 200, status);
    return Kit.text(made, "ResourceUrl");
  }

  private static void byUrl() {
    Kit.test("LivenessCompare by URLs", () -> {
      String photo = uploaded(Kit.media("same_person.jpg"));
      String video = uploaded(Kit.media("live.mp4"));
      JsonObject answer = noted(by(TC3).ask("LivenessCompare", Map.of("LivenessType", "SILENT", "ImageUrl", photo, "VideoUrl", video)));
      Kit.check("by URLs: Success", Kit.text(answer, "Result").equals(SUCCESS) && answer.get("Sim").getAsDouble() >= 70, answer.get("Result"));
    });
    refuses("a host that is not listed", "FailedOperation.DownLoadError", () -> by(TC3).ask("LivenessCompare",
        Map.of("LivenessType", "SILENT", "ImageUrl", "http://example.com/face.jpg", "VideoBase64", Kit.b64(Kit.media("live.mp4")))));
  }

  /** The typed client, with its own models. */
  private static void typed() {
    FaceidClient client = new FaceidClient(new Credential(Kit.KEY_ID, Kit.SECRET), "ap-singapore", by(TC3).profile());
    Kit.test("typed LivenessCompare", () -> {
      LivenessCompareRequest request = new LivenessCompareRequest();
      request.setLivenessType("SILENT");
      request.setImageBase64(Kit.b64(Kit.media("same_person.jpg")));
      request.setVideoBase64(Kit.b64(Kit.media("live.mp4")));
      var answer = client.LivenessCompare(request);
      BILLED.add("tencent.pure-api " + answer.getResult());
      Kit.check("typed LivenessCompare", answer.getResult().equals(SUCCESS) && answer.getSim() >= 70, answer.getResult());
      Kit.check("typed LivenessCompare: frame", Kit.isJpeg(Base64.getDecoder().decode(answer.getBestFrameBase64())));
      request.setLivenessType("NOPE");
      refuses("typed: unknown LivenessType", "InvalidParameterValue", () -> client.LivenessCompare(request));
    });
    Kit.test("typed DetectAIFakeFaces", () -> {
      DetectAIFakeFacesRequest request = new DetectAIFakeFacesRequest();
      request.setFaceInput(Kit.b64(Kit.media("same_person.jpg")));
      request.setFaceInputType(1L);
      Kit.check("typed DetectAIFakeFaces", client.DetectAIFakeFaces(request).getAttackRiskLevel().equals("Low"));
    });
    Kit.test("typed register", () -> register(client));
  }

  private static void register(FaceidClient client) throws Exception {
    Path folder = Files.createTempDirectory("register");
    Path people = folder.resolve("people.csv");
    Files.writeString(people, "number,name,valid_from,valid_until,photo\n110105194912310046,阿珂,20160607,00000000,photo.jpg\n");
    Files.write(folder.resolve("photo.jpg"), Kit.media("same_person.jpg"));
    Kit.selfsame("register", "import", people.toString(), "--photos", folder.toString());
    IdCardVerificationRequest person = new IdCardVerificationRequest();
    person.setIdCard("110105194912310046");
    for (var expected : List.of(entry("阿珂", "0"), entry("双儿", "-1"))) {
      person.setName(expected.getKey());
      var answer = client.IdCardVerification(person);
      Kit.check("typed IdCardVerification " + expected.getValue(), answer.getResult().equals(expected.getValue()), answer.getResult());
    }
    CheckIdNameDateRequest dates = new CheckIdNameDateRequest();
    dates.setIdCard("110105194912310046");
    dates.setName("阿珂");
    dates.setValidityBegin("20160607");
    dates.setValidityEnd("00000000");
    Kit.check("typed CheckIdNameDate", client.CheckIdNameDate(dates).getResult().equals("0"));
    ImageRecognitionV2Request face = new ImageRecognitionV2Request();
    face.setIdCard("110105194912310046");
    face.setName("阿珂");
    face.setImageBase64(Kit.b64(Kit.media("other_person.jpg")));
    var answer = client.ImageRecognitionV2(face);
    Kit.check("typed ImageRecognitionV2", answer.getResult().equals(LOW) && answer.getSim() < 70, answer.getResult(), answer.getSim());
    for (String code : List.of("0", "-1", "0", LOW)) BILLED.add("tencent.register " + code);
  }

  private static void tokens() throws Exception {
    for (String scheme : SCHEMES) pending(by(scheme), ", " + scheme);
    pending(with(TC3, who -> who.method = HttpProfile.REQ_GET), ", GET");
    Thread web = new Thread(() -> Kit.test("web", Tencent::finishedWeb)); // each takes as long as a recording
    web.start();
    Kit.test("app", Tencent::finishedApp);
    web.join();
    for (String action : List.of("GetFaceIdResultIntl", "GetLivenessResult", "GetSdkVerificationResult")) {
      refuses("unknown SdkToken, " + action, ILLEGAL, () -> by(TC3).ask(action, Map.of("SdkToken", NOTHING)));
    }
    Map<String, String> mine = Map.of("SdkToken", tokenOf(by(TC3).ask("ApplyLivenessToken", Map.of("SecureLevel", "1"))));
    JsonObject another = Kit.json(Kit.selfsame("key", "create", "--name", Kit.CUSTOMER + "-other", "--json"));
    refuses("another customer's token", ILLEGAL, () -> with(TC3, who -> {
      who.id = Kit.text(another, "access_key_id");
      who.key = Kit.text(another, "access_key_secret");
    }).ask("GetLivenessResult", mine));
    refuses("another action's token", ILLEGAL, () -> by(TC3).ask("GetFaceIdResultIntl", mine));
    JsonObject own = by(TC3).ask("GetLivenessResult", mine);
    Kit.check("one's own", Kit.text(own, "Result").equals("-999"), own);
  }

  private static String tokenOf(JsonObject answer) {
    return Kit.text(answer, "SdkToken");
  }

  /** One token of each kind, and its result before anything was done. */
  private static void pending(Asker by, String how) {
    Kit.test("web" + how, () -> {
      Map<String, Object> config = Map.of("AutoSkip", true, "CheckMode", 3, "SecurityLevel", 4, "ActionList", "nod,mouth", "LivenessTimeout", 60);
      Map<String, Object> order = Map.of("RedirectURL", "https://example.com/cb?x=1&y=%20", "Extra", EXTRA, "Config", config);
      JsonObject made = by.ask("ApplyWebVerificationBizTokenIntl", order);
      String token = Kit.text(made, "BizToken");
      Kit.check("BizToken" + how, token.matches("[0-9A-F-]{36}") && Kit.text(made, "VerificationURL").endsWith("/reflect/?token=" + token), made);
      JsonObject result = by.ask("GetWebVerificationResultIntl", Map.of("BizToken", token));
      boolean open = !result.has("ErrorCode") || result.get("ErrorCode").isJsonNull();
      Kit.check("not finished" + how, open && Kit.text(result, "Extra").equals(EXTRA), result);
    });
    refuses("level 9" + how, "InvalidParameterValue", () -> by.ask("ApplyWebVerificationBizTokenIntl",
        Map.of("RedirectURL", "https://example.com/", "Config", Map.of("CheckMode", 3, "SecurityLevel", 9))));
    refuses("unknown BizToken" + how, ILLEGAL, () -> by.ask("GetWebVerificationResultIntl", Map.of("BizToken", NOTHING)));
    Kit.test("app" + how, () -> {
      Map<String, Map<String, ?>> orders = Map.of(
          "GetFaceIdTokenIntl GetFaceIdResultIntl", Map.of("SecureLevel", "2", "ActionList", "blink,mouth", "Extra", EXTRA),
          "ApplyLivenessToken GetLivenessResult", Map.of("SecureLevel", "1"),
          "ApplySdkVerificationToken GetSdkVerificationResult",
          Map.of("CheckMode", 3, "NeedVerifyIdCard", false, "SelectedWarningCodes", new Integer[] {-9102, -9103}, "Extra", EXTRA));
      for (var order : orders.entrySet()) {
        String[] actions = order.getKey().split(" ");
        JsonObject result = by.ask(actions[1], Map.of("SdkToken", tokenOf(by.ask(actions[0], order.getValue()))));
        boolean extra = !order.getValue().containsKey("Extra") || Kit.text(result, "Extra").equals(EXTRA);
        Kit.check(actions[1] + how, Kit.text(result, "Result").equals("-999") && extra, result);
      }
    });
  }

  private static void finishedWeb() throws Exception {
    Map<String, Object> order = Map.of("RedirectURL", "https://example.com/done", "CompareImageBase64", Kit.b64(Kit.media("same_person.jpg")),
        "Config", Map.of("CheckMode", 2, "SecurityLevel", 1));
    String token = Kit.text(by(TC3).ask("ApplyWebVerificationBizTokenIntl", order), "BizToken");
    Kit.perform(token);
    synchronized (BILLED) { BILLED.add("tencent.web 0"); }
    JsonObject result = by(TC3).ask("GetWebVerificationResultIntl", Map.of("BizToken", token));
    JsonObject attempt = result.getAsJsonArray("VerificationDetailList").get(0).getAsJsonObject();
    Kit.check("web: passed", result.get("ErrorCode").getAsInt() == 0, result.get("ErrorMsg"));
    Kit.check("web: the attempt", attempt.get("CompareErrorCode").getAsInt() == 0 && attempt.get("Similarity").getAsDouble() >= 70, attempt);
  }

  private static void finishedApp() throws Exception {
    String token = tokenOf(by(TC3).ask("ApplyLivenessToken", Map.of("SecureLevel", "1")));
    Kit.perform(token);
    synchronized (BILLED) { BILLED.add("tencent.app-sdk 0"); }
    JsonObject result = by(TC3).ask("GetLivenessResult", Map.of("SdkToken", token));
    Kit.check("app: passed", Kit.text(result, "Result").equals("0"), result);
    ByteArrayOutputStream video = new ByteArrayOutputStream();
    URI.create(Kit.text(result.getAsJsonObject("Video"), "Url")).toURL().openStream().transferTo(video);
    Kit.check("app: the recording", Arrays.equals(video.toByteArray(), Kit.media("live.mp4")), video.size());
  }

  private static void webhooks() {
    Kit.test("webhooks", () -> {
      JsonObject made = by(TC3).ask("CreateEKYCWebhook",
          Map.of("WebhookName", "results", "WebhookURL", "https://example.com/hook", "Scene", "NONDOC_VERIFICATION_RESULT"));
      Kit.check("webhook: made", Kit.text(made, "Result").equals(SUCCESS), made);
      Kit.check("webhook: listed", by(TC3).ask("ListEKYCWebhooks", Map.of()).get("TotalCount").getAsInt() == 1);
      by(TC3).ask("DeleteEKYCWebhook", Map.of("WebhookId", made.get("WebhookId").getAsLong()));
      Kit.check("webhook: gone", by(TC3).ask("ListEKYCWebhooks", Map.of()).get("TotalCount").getAsInt() == 0);
    });
    refuses("webhook by http", "InvalidParameterValue",
        () -> by(TC3).ask("CreateEKYCWebhook", Map.of("WebhookName", "results", "WebhookURL", "http://example.com/")));
  }
}
