// SPDX-License-Identifier: Apache-2.0

import com.aliyuncs.auth.SignatureVersion;
import com.aliyuncs.http.FormatType;
import com.aliyuncs.http.MethodType;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/** Text messages by aliyun-java-sdk-core and by tea-openapi, each by RPC v1 and ACS3. */
final class Sms {
  private static final String VERSION = "2018-05-01";
  private static final String TO = "628131234567";
  private static final String TEXT = "Have a *te~st* +é/=& 中 !'()";

  private Sms() {}

  static void run() {
    Map<String, Alibaba.Way> ways = new LinkedHashMap<>();
    ways.put("RPC", new Alibaba.Core(VERSION));
    ways.put("RPC in the body", Alibaba.core(VERSION, how -> how.inBody = true));
    ways.put("RPC by GET", Alibaba.core(VERSION, how -> how.method = MethodType.GET));
    ways.put("ACS3 by the core SDK", Alibaba.core(VERSION, how -> how.signature = SignatureVersion.V3));
    ways.put("ACS3", new Alibaba.Generic(VERSION));
    ways.put("ACS3 in the body", Alibaba.generic(VERSION, how -> how.inBody = true));
    ways.put("RPC by the generic client", Alibaba.generic(VERSION, how -> how.algorithm = "v2"));
    ways.forEach((name, way) -> Kit.test(name, () -> sendsAll(name, way)));
    for (String name : new String[] {"RPC", "ACS3"}) Kit.test("refused, " + name, () -> refusedByBusiness(name, ways.get(name)));
    Kit.test("XML", () -> {
      Map<String, String> message = Map.of("To", TO, "Message", "a<b>&\"c");
      String answer = Alibaba.core(VERSION, how -> how.format = FormatType.XML).send("SendMessageToGlobe", message);
      Kit.check("XML", answer.contains("<SendMessageToGlobeResponse>") && answer.contains("<ResponseCode>OK</ResponseCode>"), answer);
    });
    Alibaba.refusesSignatures(VERSION, "SendMessageToGlobe", Map.of("To", TO, "Message", TEXT), TO);
    for (String name : new String[] {"RPC", "ACS3"}) {
      Alibaba.Way way = ways.get(name);
      Alibaba.refuses(name + ": no To", "MissingTo", () -> way.call("SendMessageToGlobe", Map.of("Message", "x")));
      Alibaba.refuses(name + ": no Message", "MissingMessage", () -> way.call("SendMessageToGlobe", Map.of("To", TO)));
      Alibaba.refuses(name + ": a batch of nothing", "MissingTo", () -> way.call("BatchSendMessageToGlobe", Map.of()));
    }
  }

  private static Map<String, String> outbox() throws Exception {
    String all = Kit.selfsame("sms", "outbox", "--name", Kit.CUSTOMER, "--limit", "1000", "--json");
    Map<String, String> texts = new HashMap<>();
    for (var each : Kit.json(all).getAsJsonArray("messages")) {
      texts.put(Kit.text(each.getAsJsonObject(), "id"), Kit.text(each.getAsJsonObject(), "text"));
    }
    return texts;
  }

  private static boolean is(JsonObject answer, String name, String value) {
    return Kit.text(answer, name).equals(value);
  }

  /** Every action once. */
  private static void sendsAll(String name, Alibaba.Way way) throws Exception {
    JsonObject sent = way.call("SendMessageToGlobe", Map.of("To", TO, "From", "Alicloud", "Message", TEXT));
    String id = Kit.text(sent, "MessageId");
    Kit.check(name + ": sent", is(sent, "ResponseCode", "OK") && is(sent, "To", TO) && is(sent, "Segments", "1") && !sent.has("Code"), sent);
    Kit.check(name + ": the outbox has it", TEXT.equals(outbox().get(id)), sent);
    JsonObject found = way.call("QueryMessage", Map.of("MessageId", id));
    Kit.check(name + ": as it was", is(found, "Message", TEXT) && is(found.getAsJsonObject("NumberDetail"), "Country", "Indonesia"), found);
    JsonObject batch = way.call("BatchSendMessageToGlobe", Map.of("To", "[\"" + TO + "\",\"628131234568\",\"12\"]", "Message", "[\"a\",\"b\",\"c\"]"));
    Kit.check(name + ": batch", is(batch, "SuccessCount", "2") && is(batch, "FailedList", "[\"12\"]"), batch);
    JsonArray ids = Kit.GSON.fromJson(Kit.text(batch, "MessageIdList"), JsonArray.class);
    Map<String, String> texts = outbox();
    Kit.check(name + ": each its own text", texts.get(ids.get(0).getAsString()).equals("a") && texts.get(ids.get(1).getAsString()).equals("b"), ids);
    Kit.check(name + ": conversion of all", is(way.call("ConversionData", Map.of("ConversionRate", "0.5")), "ResponseCode", "OK"));
    Kit.check(name + ": conversion of one", is(way.call("SmsConversion", Map.of("MessageId", id, "Delivered", "true")), "ResponseCode", "OK"));
    Kit.selfsame("sms", "template", "set", "--name", Kit.CUSTOMER, "--code", "SMS_1", "--text", "Code ${code}.");
    JsonObject filled = way.call("SendMessageWithTemplate",
        Map.of("To", "8615012345678", "From", "Bank", "TemplateCode", "SMS_1", "TemplateParam", "{\"code\":\"1234\"}"));
    Kit.check(name + ": template", "【Bank】Code 1234.".equals(outbox().get(Kit.text(filled, "MessageId"))), filled);
  }

  /** What comes with HTTP 200. */
  private static void refusedByBusiness(String name, Alibaba.Way way) throws Exception {
    Map<Map<String, String>, String> cases = new LinkedHashMap<>();
    cases.put(Map.of("Action", "SendMessageToGlobe", "To", "123", "Message", "x"), "MOBILE_NUMBER_ILLEGAL");
    cases.put(Map.of("Action", "SendMessageToGlobe", "To", "8615012345678", "Message", "x"), "NOT_SUPPORTED_COUNTRY");
    cases.put(Map.of("Action", "SendMessageToGlobe", "To", TO, "From", "twelveletter", "Message", "x"), "INVALID_SENDERID");
    cases.put(Map.of("Action", "SendMessageToGlobe", "To", TO, "Message", "中".repeat(1341)), "PARAM_LENGTH_LIMIT");
    cases.put(Map.of("Action", "SendMessageToGlobe", "To", TO, "Message", "x", "Type", "SPAM"), "INVALID_PARAMETERS");
    cases.put(Map.of("Action", "BatchSendMessageToGlobe", "To", TO, "Message", "x"), "INVALID_PARAMETERS");
    cases.put(Map.of("Action", "SendMessageWithTemplate", "To", TO, "From", "Bank", "TemplateCode", "SMS_2"), "SMS_CONTENT_CODE_ILLEGAL");
    cases.put(Map.of("Action", "QueryMessage", "MessageId", "1"), "DATA_NOT_EXIST");
    cases.put(Map.of("Action", "ConversionData", "ConversionRate", "1.1"), "INVALID_PARAMETERS");
    cases.put(Map.of("Action", "SmsConversion", "MessageId", "1", "Delivered", "true"), "DATA_NOT_EXIST");
    for (var each : cases.entrySet()) {
      Map<String, String> parameters = new HashMap<>(each.getKey());
      JsonObject answer = way.call(parameters.remove("Action"), parameters);
      Kit.check(name + ": " + each.getValue(), is(answer, "ResponseCode", each.getValue()) && !answer.has("Code"), answer);
    }
  }
}
