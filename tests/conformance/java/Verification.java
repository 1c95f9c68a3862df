// SPDX-License-Identifier: Apache-2.0

import com.aliyuncs.exceptions.ClientException;
import com.aliyuncs.http.FormatType;
import com.aliyuncs.http.MethodType;
import com.aliyuncs.http.ProtocolType;
import com.aliyuncs.saf.model.v20180919.ExecuteRequestRequest;
import com.google.gson.JsonObject;
import java.util.Map;

/** ExecuteRequest by aliyun-java-sdk-core, and by the typed client of its product, aliyun-java-sdk-saf. */
final class Verification {
  private static final String VERSION = "2019-05-21";
  private static final String SERVICE = "intl_face_verify";
  private static int verdicts; // billed

  private Verification() {}

  private static Map<String, String> faces(String reference, String probe, String code) {
    JsonObject parameters = new JsonObject();
    parameters.addProperty("refFaceContent", reference);
    parameters.addProperty("authFaceContent", probe);
    parameters.addProperty("resourceCode", code);
    return Map.of("Service", SERVICE, "ServiceParameters", parameters.toString());
  }

  private static Map<String, String> nothing(String service) {
    return Map.of("Service", service, "ServiceParameters", "{}");
  }

  private static JsonObject ask(Alibaba.Core how, Map<String, String> parameters) throws ClientException {
    return how.call("ExecuteRequest", parameters);
  }

  private static double compares(String name, Alibaba.Core how, String reference, String probe, String passed, String attack) {
    double[] score = {Double.NaN};
    Kit.test(name, () -> {
      JsonObject answer = ask(how, faces(reference, probe, "00840000"));
      boolean ok = answer.get("Code").getAsInt() == 200 && Kit.text(answer, "Message").equals("OK");
      Kit.check(name + ": OK", ok && Kit.text(answer, "RequestId").length() == 36, answer);
      JsonObject data = Kit.json(Kit.text(answer, "Data"));
      JsonObject more = data.getAsJsonObject("extInfo");
      Kit.check(name + ": passed", Kit.text(data, "retCode").equals("OK_SUCCESS") && Kit.text(data, "passed").equals(passed)
          && Kit.text(more, "result").equals(passed), data);
      Kit.check(name + ": faceAttack", Kit.text(more, "faceAttack").equals(attack), data);
      score[0] = Double.parseDouble(Kit.text(more, "score"));
      verdicts++;
    });
    return score[0];
  }

  static void run() throws Exception {
    String same = Kit.b64(Kit.media("same_person.jpg"));
    String other = Kit.b64(Kit.media("other_person.jpg"));
    String grey = Kit.b64(Kit.media("grey_person.jpg"));
    double one = compares("one person", new Alibaba.Core(VERSION), same, same, "true", "false");
    compares("in the body", Alibaba.core(VERSION, how -> how.inBody = true), same, same, "true", "false");
    compares("by GET", Alibaba.core(VERSION, how -> how.method = MethodType.GET), same, same, "true", "false");
    compares("by the older version", new Alibaba.Core("2018-09-19"), same, same, "true", "false");
    double two = compares("two persons", new Alibaba.Core(VERSION), same, other, "false", "false");
    Kit.check("one person scores above two", one > two, one, two);
    compares("a grey copy as the face photo", new Alibaba.Core(VERSION), same, grey, "false", "true");
    Kit.test("nobody in the document", () -> {
      JsonObject data = Kit.json(Kit.text(ask(new Alibaba.Core(VERSION), faces(Kit.b64(Kit.media("no_face.jpg")), same, "00840000")), "Data"));
      Kit.check("nobody in the document", Kit.text(data, "retCode").equals("UNABLE_GET_IMAGE") && Kit.text(data, "passed").equals("false"), data);
    });
    refusedByBusiness(same);
    typed(same);
    Alibaba.refusesSignatures(VERSION, "ExecuteRequest", nothing(SERVICE), SERVICE);
    Alibaba.refuses("no Service", "MissingService", () -> ask(new Alibaba.Core(VERSION), Map.of("ServiceParameters", "{}")));
    long rows = Kit.ledger().stream().filter("alibaba.id-verification 200"::equals).count();
    Kit.check("a row for each verdict and none besides", rows == verdicts && Kit.ledger().size() == verdicts, Kit.ledger(), verdicts);
  }

  /** What comes with HTTP 200. */
  private static void refusedByBusiness(String same) {
    Map<String, Map<String, String>> cases = Map.of("400 no parameters", nothing(SERVICE), "404 no such service", nothing("none"),
        "400 no JSON", Map.of("Service", SERVICE, "ServiceParameters", "no"),
        "400 a prefix", faces("data:image/jpeg;base64," + same, same, "00840000"));
    cases.forEach((name, parameters) -> Kit.test(name, () -> {
      JsonObject answer = ask(new Alibaba.Core(VERSION), parameters);
      Kit.check(name, answer.get("Code").getAsInt() == Integer.parseInt(name.substring(0, 3)) && !answer.has("Data"), answer);
    }));
    Kit.test("resourceCode", () -> {
      JsonObject answer = ask(new Alibaba.Core(VERSION), faces(same, same, "zz"));
      String code = Kit.text(Kit.json(Kit.text(answer, "Data")), "retCodeSub");
      Kit.check("resourceCode", answer.get("Code").getAsInt() == 500 && code.equals("Z1141"), answer);
    });
    Kit.test("XML", () -> {
      String answer = Alibaba.core(VERSION, how -> how.format = FormatType.XML).send("ExecuteRequest", nothing(SERVICE));
      Kit.check("XML", answer.contains("<ExecuteRequestResponse>") && answer.contains("<Code>400</Code>"), answer);
    });
  }

  /** The typed client reads Code, Message and RequestId; its Data is another service's. */
  private static void typed(String same) {
    Kit.test("typed", () -> {
      ExecuteRequestRequest request = new ExecuteRequestRequest();
      request.setSysProtocol(ProtocolType.HTTP);
      request.setSysEndpoint(Kit.SERVER);
      request.setService(SERVICE);
      request.setServiceParameters(faces(same, same, "00840000").get("ServiceParameters"));
      var answer = new Alibaba.Core(VERSION).client().getAcsResponse(request);
      verdicts++;
      Kit.check("typed: OK", answer.getCode() == 200 && answer.getMessage().equals("OK") && answer.getRequestId().length() == 36, answer.getCode());
      request.setServiceParameters("{}");
      Kit.check("typed: no parameters", new Alibaba.Core(VERSION).client().getAcsResponse(request).getCode() == 400);
      // It says so only when the server signed the very same string.
      Alibaba.refuses("typed: the secret is to blame", "SDK.InvalidAccessKeySecret",
          () -> Alibaba.core(VERSION, how -> how.key += "x").client().getAcsResponse(request));
    });
  }
}
