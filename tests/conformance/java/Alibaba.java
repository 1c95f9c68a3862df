// SPDX-License-Identifier: Apache-2.0

import com.aliyun.tea.TeaException;
import com.aliyun.teaopenapi.Client;
import com.aliyun.teaopenapi.models.Config;
import com.aliyun.teaopenapi.models.OpenApiRequest;
import com.aliyun.teaopenapi.models.Params;
import com.aliyun.teautil.models.RuntimeOptions;
import com.aliyuncs.CommonRequest;
import com.aliyuncs.DefaultAcsClient;
import com.aliyuncs.auth.SignatureVersion;
import com.aliyuncs.exceptions.ClientException;
import com.aliyuncs.http.FormatType;
import com.aliyuncs.http.MethodType;
import com.aliyuncs.http.ProtocolType;
import com.aliyuncs.profile.DefaultProfile;
import com.google.gson.JsonObject;
import java.util.Map;

/** Two ways to make a call: the core SDK (RPC v1, or ACS3 when told so) and the generic client (ACS3, or RPC v1). */
final class Alibaba {
  private Alibaba() {}

  interface Way {
    JsonObject call(String action, Map<String, String> parameters) throws Exception;
  }

  /** aliyun-java-sdk-core. */
  static final class Core implements Way {
    final String version;
    String server = Kit.SERVER;
    String id = Kit.KEY_ID;
    String key = Kit.SECRET;
    MethodType method = MethodType.POST;
    SignatureVersion signature = SignatureVersion.V1;
    FormatType format = FormatType.JSON;
    boolean inBody;

    Core(String version) {
      this.version = version;
    }

    DefaultAcsClient client() {
      return new DefaultAcsClient(DefaultProfile.getProfile("ap-southeast-1", id, key));
    }

    String send(String action, Map<String, String> parameters) throws ClientException {
      CommonRequest request = new CommonRequest();
      request.setSysDomain(server);
      request.setSysProtocol(ProtocolType.HTTP);
      request.setSysVersion(version);
      request.setSysAction(action);
      request.setSysMethod(method);
      request.setSysSignatureVersion(signature);
      request.setSysAccept(format);
      request.setSysReadTimeout(60000);
      for (var each : parameters.entrySet()) {
        if (inBody) request.putBodyParameter(each.getKey(), each.getValue());
        else request.putQueryParameter(each.getKey(), each.getValue());
      }
      return client().getCommonResponse(request).getData();
    }

    @Override
    public JsonObject call(String action, Map<String, String> parameters) throws ClientException {
      return Kit.json(send(action, parameters));
    }
  }

  /** tea-openapi, which the typed clients stand on. */
  static final class Generic implements Way {
    final String version;
    String server = Kit.SERVER;
    String id = Kit.KEY_ID;
    String key = Kit.SECRET;
    String algorithm; // v2 is RPC v1
    boolean inBody;

    Generic(String version) {
      this.version = version;
    }

    @Override
    public JsonObject call(String action, Map<String, String> parameters) throws Exception {
      Config config = new Config().setAccessKeyId(id).setAccessKeySecret(key).setEndpoint(server).setProtocol("http");
      Client client = new Client(config.setSignatureAlgorithm(algorithm));
      Params what = new Params().setAction(action).setVersion(version).setProtocol("HTTP").setPathname("/").setMethod("POST")
          .setAuthType("AK").setStyle("RPC").setReqBodyType("formData").setBodyType("json");
      OpenApiRequest request = inBody ? new OpenApiRequest().setBody(parameters) : new OpenApiRequest().setQuery(parameters);
      return Kit.GSON.toJsonTree(client.callApi(what, request, new RuntimeOptions()).get("body")).getAsJsonObject();
    }
  }

  static Core core(String version, java.util.function.Consumer<Core> change) {
    Core made = new Core(version);
    change.accept(made);
    return made;
  }

  static Generic generic(String version, java.util.function.Consumer<Generic> change) {
    Generic made = new Generic(version);
    change.accept(made);
    return made;
  }

  static void refuses(String name, String code, Kit.Call<?> call) {
    Kit.test(name, () -> {
      try {
        Kit.check(name, false, "no refusal", call.call());
      } catch (ClientException error) {
        Kit.check(name, error.getErrCode().equals(code) && error.getRequestId().length() == 36, error);
      } catch (TeaException error) {
        Kit.check(name, error.getCode().equals(code) && String.valueOf(error.getData().get("RequestId")).length() == 36, error);
      }
    });
  }

  /** What both ways are refused alike, on every surface. */
  static void refusesSignatures(String version, String action, Map<String, String> parameters, String word) {
    refuses("wrong secret", "SignatureDoesNotMatch", () -> core(version, how -> how.key += "x").call(action, parameters));
    refuses("wrong secret, ACS3", "SignatureDoesNotMatch", () -> generic(version, how -> how.key += "x").call(action, parameters));
    refuses("unknown key", "InvalidAccessKeyId.NotFound", () -> core(version, how -> how.id = "LTAIunknown").call(action, parameters));
    refuses("unknown key, ACS3", "InvalidAccessKeyId.NotFound", () -> generic(version, how -> how.id = "LTAIunknown").call(action, parameters));
    refuses("no such action", "InvalidAction.NotFound", () -> new Core(version).call("NoSuchAction", parameters));
    refuses("no such action, ACS3", "InvalidAction.NotFound", () -> new Generic(version).call("NoSuchAction", parameters));
    refuses("no such version", "InvalidVersion", () -> new Core("1999-01-01").call(action, parameters));
    Kit.test("sent again", () -> {
      try (Kit.Recorder recorder = new Kit.Recorder()) {
        Way[] ways = {core(version, how -> how.server = recorder.address()), generic(version, how -> how.server = recorder.address())};
        for (Way way : ways) {
          String name = way.getClass().getSimpleName();
          way.call(action, parameters);
          Kit.Answer replayed = recorder.again();
          Kit.check("a replay, " + name, replayed.status() == 400 && Kit.text(replayed.json(), "Code").equals("SignatureNonceUsed"), replayed);
          Kit.Answer altered = recorder.altered(word, word + "0");
          Kit.check("altered, " + name, altered.status() == 400 && Kit.text(altered.json(), "Code").equals("SignatureDoesNotMatch"), altered);
        }
      }
    });
  }
}
