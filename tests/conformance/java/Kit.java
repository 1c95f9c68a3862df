// SPDX-License-Identifier: Apache-2.0

import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/**
 * What the Java conformance programs share, and their start: {@code Kit tencent|verification|sms|gateway} drives one
 * surface by the vendors' unmodified Java SDKs, as kit.py and its programs do in Python. The server's address, key and
 * folders come from run.sh by environment variables (SELFSAME_TEST_*).
 */
final class Kit {
  static final String SERVER = System.getenv("SELFSAME_TEST_SERVER"); // HOST:PORT
  static final String CUSTOMER = System.getenv("SELFSAME_TEST_CUSTOMER");
  static final String KEY_ID = System.getenv("SELFSAME_TEST_KEY_ID");
  static final String SECRET = System.getenv("SELFSAME_TEST_SECRET");
  static final Gson GSON = new Gson();

  private static int passed;
  private static int failed;

  private Kit() {}

  /** Any SDK may throw anything. */
  interface Case {
    void run() throws Exception;
  }

  interface Call<T> {
    T call() throws Exception;
  }

  public static void main(String[] arguments) {
    Map<String, Case> programs =
        Map.of("tencent", Tencent::run, "verification", Verification::run, "sms", Sms::run, "gateway", Gateway::run);
    test(arguments[0], programs.get(arguments[0]));
    System.out.println(passed + " passed, " + failed + " failed");
    System.exit(failed > 0 ? 1 : 0);
  }

  /** Counts one check and prints it only when it fails. */
  static synchronized boolean check(String name, boolean holds, Object... seen) {
    if (holds) {
      passed++;
      return true;
    }
    failed++;
    String text = java.util.Arrays.deepToString(seen);
    System.out.println("FAIL " + name + ": " + text.substring(0, Math.min(400, text.length())));
    return false;
  }

  /** An exception inside is one failed check. */
  static void test(String name, Case run) {
    try {
      run.run();
    } catch (Throwable error) {
      StackTraceElement[] stack = error.getStackTrace();
      check(name, false, error, stack.length > 0 ? stack[0] : "", error.getCause());
    }
  }

  static byte[] media(String name) throws Exception {
    return Files.readAllBytes(Path.of(System.getenv("SELFSAME_TEST_MEDIA"), name));
  }

  static String b64(byte[] content) {
    return Base64.getEncoder().encodeToString(content);
  }

  static boolean isJpeg(byte[] content) {
    return content.length > 3 && (content[0] & 0xff) == 0xff && (content[1] & 0xff) == 0xd8;
  }

  static JsonObject json(String text) {
    return GSON.fromJson(text, JsonObject.class);
  }

  /** A member that is text; "" when it is missing or null. */
  static String text(JsonObject object, String name) {
    return object.has(name) && object.get(name).isJsonPrimitive() ? object.get(name).getAsString() : "";
  }

  private static String output(List<String> command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) throw new IllegalStateException(command + ": " + said);
    return said;
  }

  static String selfsame(String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of(System.getenv("SELFSAME_TEST_BINARY")));
    command.addAll(List.of(arguments));
    command.addAll(List.of("--data", System.getenv("SELFSAME_TEST_DATA")));
    return output(command);
  }

  /** The device: it answers one challenge of a token with the living person's recording. */
  static void perform(String token) throws Exception {
    output(List.of("/usr/bin/python3", "-B", System.getenv("SELFSAME_TEST_DEVICE"), token));
  }

  /** The customer's billed calls, as "PRODUCT CODE", sorted. */
  static List<String> ledger() throws Exception {
    JsonArray entries = json(selfsame("ledger", "--name", CUSTOMER, "--json")).getAsJsonArray("entries");
    List<String> rows = new ArrayList<>();
    entries.forEach(row -> rows.add(text(row.getAsJsonObject(), "product") + " " + text(row.getAsJsonObject(), "code")));
    rows.sort(null);
    return rows;
  }

  record Answer(int status, String head, byte[] body) {
    JsonObject json() {
      return Kit.json(new String(body, StandardCharsets.UTF_8));
    }
  }

  /** A relay on a port of its own that keeps the last request byte for byte and can send it again. */
  static final class Recorder implements AutoCloseable {
    private final HttpServer relay;
    private byte[] last;

    Recorder() throws Exception {
      relay = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      relay.createContext("/", exchange -> {
        ByteArrayOutputStream kept = new ByteArrayOutputStream();
        byte[] body = exchange.getRequestBody().readAllBytes();
        StringBuilder head = new StringBuilder(exchange.getRequestMethod() + " " + exchange.getRequestURI() + " HTTP/1.1\r\n");
        exchange.getRequestHeaders().forEach((name, values) -> {
          boolean framing = name.equalsIgnoreCase("Connection") || name.equalsIgnoreCase("Content-Length")
              || name.equalsIgnoreCase("Transfer-Encoding");
          if (!framing) values.forEach(value -> head.append(name).append(": ").append(value).append("\r\n"));
        });
        head.append("Content-Length: ").append(body.length).append("\r\nConnection: close\r\n\r\n");
        kept.writeBytes(head.toString().getBytes(StandardCharsets.UTF_8));
        kept.writeBytes(body);
        last = kept.toByteArray();
        Answer answer = again();
        exchange.getResponseHeaders().set("Content-Type", header(answer, "content-type"));
        exchange.sendResponseHeaders(answer.status, answer.body.length);
        exchange.getResponseBody().write(answer.body);
        exchange.close();
      });
      relay.start();
    }

    String address() {
      return "127.0.0.1:" + relay.getAddress().getPort();
    }

    /** The answer to the last request, sent once more. */
    Answer again() {
      return send(last);
    }

    /** The answer to the last request with a word in it changed. */
    Answer altered(String from, String to) {
      String changed = new String(last, StandardCharsets.ISO_8859_1);
      if (!changed.contains(from)) throw new IllegalStateException("no " + from + " in the request");
      return send(changed.replaceFirst(from, to).getBytes(StandardCharsets.ISO_8859_1));
    }

    @Override
    public void close() {
      relay.stop(0);
    }
  }

  static String header(Answer answer, String name) {
    return answer.head.lines().filter(line -> line.toLowerCase().startsWith(name + ":"))
        .map(line -> line.substring(name.length() + 1).strip()).findFirst().orElse("");
  }

  private static Answer send(byte[] request) {
    try (Socket line = new Socket("127.0.0.1", Integer.parseInt(SERVER.substring(SERVER.lastIndexOf(':') + 1)))) {
      line.getOutputStream().write(request);
      byte[] all = line.getInputStream().readAllBytes();
      String text = new String(all, StandardCharsets.ISO_8859_1);
      int end = text.indexOf("\r\n\r\n");
      byte[] body = java.util.Arrays.copyOfRange(all, end + 4, all.length);
      return new Answer(Integer.parseInt(text.substring(9, 12)), text.substring(0, end), body);
    } catch (java.io.IOException error) {
      throw new java.io.UncheckedIOException(error);
    }
  }
}
