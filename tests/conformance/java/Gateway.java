// SPDX-License-Identifier: Apache-2.0

import com.alibaba.cloudapi.sdk.client.ApacheHttpClient;
import com.alibaba.cloudapi.sdk.enums.HttpMethod;
import com.alibaba.cloudapi.sdk.enums.ParamPosition;
import com.alibaba.cloudapi.sdk.enums.Scheme;
import com.alibaba.cloudapi.sdk.model.ApiRequest;
import com.alibaba.cloudapi.sdk.model.ApiResponse;
import com.alibaba.cloudapi.sdk.model.HttpClientBuilderParams;
import com.alibaba.cloudapi.sdk.signature.HMacSHA1SignerFactory;
import com.alibaba.cloudapi.sdk.signature.HMacSHA256SignerFactory;
import com.google.gson.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.Map;

/** Megvii FaceID behind the API gateway, by the gateway's Java SDK (com.aliyun.api.gateway:sdk-core-java). */
final class Gateway {
  private static final String PATH = "/face/v1.2/sdk/";
  private static final Map<String, String> PERSON = Map.of(
      "liveness_type", "meglive", "idcard_name", "张三 A+b~*", "idcard_number", "11010119900307803X", "biz_no", "biz 1/+=é");

  private Gateway() {}

  private static final class Client extends ApacheHttpClient {
    Client(String server, String id, String key) {
      HttpClientBuilderParams params = new HttpClientBuilderParams();
      params.setAppKey(id);
      params.setAppSecret(key);
      params.setHost(server);
      params.setScheme(Scheme.HTTP);
      init(params);
    }
  }

  private static Client client() {
    return new Client(Kit.SERVER, Kit.KEY_ID, Kit.SECRET);
  }

  private static ApiRequest order(Map<String, String> fields) {
    ApiRequest request = new ApiRequest(HttpMethod.POST_FORM, PATH + "get_biz_token");
    fields.forEach((name, value) -> request.addParam(name, value, ParamPosition.BODY, true));
    return request;
  }

  private static JsonObject body(ApiResponse answer) {
    return Kit.json(new String(answer.getBody(), StandardCharsets.UTF_8));
  }

  private static ApiResponse result(Client by, String token) {
    ApiRequest request = new ApiRequest(HttpMethod.GET, PATH + "get_result");
    request.addParam("biz_token", token, ParamPosition.QUERY, true);
    request.addParam("verbose", "1", ParamPosition.QUERY, true);
    return by.sendSyncRequest(request);
  }

  private static void flows(String name, ApiRequest order) {
    Kit.test(name, () -> {
      ApiResponse opened = client().sendSyncRequest(order);
      String token = Kit.text(body(opened), "biz_token");
      Kit.check(name + ": biz_token", opened.getCode() == 200 && token.matches("\\d{10},[0-9a-f-]{36}"), opened.getCode(), body(opened));
      JsonObject seen = body(result(client(), token));
      boolean waits = seen.get("result_code").getAsInt() == 9000 && Kit.text(seen, "result_message").equals("LIVING_NOT_START");
      Kit.check(name + ": get_result", waits && Kit.text(seen, "biz_no").equals(PERSON.get("biz_no")), seen);
    });
  }

  private static void refuses(String name, Kit.Call<ApiResponse> call, int status, String code, String message) {
    Kit.test(name, () -> {
      ApiResponse answer = call.call();
      String told = answer.getHeaders().containsKey("x-ca-error-code") ? answer.getHeaders().get("x-ca-error-code").get(0) : "";
      String text = answer.getHeaders().containsKey("x-ca-error-message") ? answer.getHeaders().get("x-ca-error-message").get(0) : "";
      Kit.check(name, answer.getCode() == status && told.equals(code) && text.startsWith(message), answer.getCode(), answer.getHeaders());
      Kit.check(name + ": request id", answer.getHeaders().containsKey("x-ca-request-id"), answer.getHeaders());
    });
  }

  private static ApiRequest at(long seconds) {
    ApiRequest request = order(PERSON);
    request.setCurrentDate(new Date(System.currentTimeMillis() + seconds * 1000));
    return request;
  }

  static void run() throws Exception {
    for (String method : new String[] {HMacSHA256SignerFactory.METHOD, HMacSHA1SignerFactory.METHOD}) {
      ApiRequest order = order(PERSON);
      order.setSignatureMethod(method);
      flows("signed, " + method, order);
    }
    ApiRequest json = new ApiRequest(HttpMethod.POST_BODY, PATH + "get_biz_token", Kit.GSON.toJson(PERSON).getBytes(StandardCharsets.UTF_8));
    json.addHeader("Content-Type", "application/json; charset=UTF-8");
    flows("a JSON body and its Content-MD5", json);
    Map<String, String> all = new LinkedHashMap<>(PERSON);
    all.putAll(Map.of("security_level", "2", "liveness_timeout", "60", "liveness_action_count", "3", "force_compare", "0",
        "multi_oriented_detection", "1", "image_ref1", Kit.b64(Kit.media("same_person.jpg"))));
    flows("photos and every choice", order(all));
    flows("a clock ten minutes off", at(-600));
    for (long seconds : new long[] {-1900, 1900}) {
      refuses("a clock " + seconds + " s off", () -> client().sendSyncRequest(at(seconds)), 403, "S403TE", "Timestamp Expired");
    }
    refuses("a wrong secret", () -> new Client(Kit.SERVER, Kit.KEY_ID, Kit.SECRET + "x").sendSyncRequest(order(PERSON)), 403, "A403IS",
        "Invalid Signature, Server StringToSign:`POST#");
    refuses("an unknown key", () -> new Client(Kit.SERVER, "nope", Kit.SECRET).sendSyncRequest(order(PERSON)), 400, "A400IK", "Invalid AppKey");
    refuses("what the service refuses has no gateway code",
        () -> client().sendSyncRequest(order(Map.of("liveness_type", "meglive"))), 400, "", "");
    refuses("a call that does not exist",
        () -> client().sendSyncRequest(new ApiRequest(HttpMethod.GET, PATH + "no_such_api")), 404, "", "");
    Kit.test("sent again", () -> {
      try (Kit.Recorder recorder = new Kit.Recorder()) {
        new Client(recorder.address(), Kit.KEY_ID, Kit.SECRET).sendSyncRequest(order(PERSON));
        Kit.Answer second = recorder.again();
        Kit.check("a replay", second.status() == 403 && Kit.header(second, "x-ca-error-code").equals("S403NU"), second.head());
        Kit.Answer altered = recorder.altered("meglive", "flash00");
        Kit.check("altered", altered.status() == 403 && Kit.header(altered, "x-ca-error-code").equals("A403IS"), altered.head());
      }
    });
    Kit.test("another customer's token", () -> {
      JsonObject another = Kit.json(Kit.selfsame("key", "create", "--name", Kit.CUSTOMER + "-other", "--json"));
      Client theirs = new Client(Kit.SERVER, Kit.text(another, "access_key_id"), Kit.text(another, "access_key_secret"));
      JsonObject seen = body(result(theirs, Kit.text(body(client().sendSyncRequest(order(PERSON))), "biz_token")));
      Kit.check("another customer's token", seen.get("result_code").getAsInt() == 4200, seen);
    });
  }
}
