// SPDX-License-Identifier: Apache-2.0
#include "adapters/alibaba/response.h"

#include <algorithm>
#include <boost/json/serialize.hpp>
#include <pugixml.hpp>
#include <sstream>

#include "base/utf8.h"

namespace selfsame::adapters::alibaba {
namespace {

namespace json = boost::json;

/// XML 1.0 has no way to write most control characters, U+FFFE and U+FFFF.
std::string xml_text(std::string_view text) {
  std::string clean(text);
  std::ranges::replace_if(
      clean, [](char c) { return c >= 0 && c < ' ' && c != '\t' && c != '\n' && c != '\r'; }, ' '
  );
  for (const std::string_view none : {"\xEF\xBF\xBE", "\xEF\xBF\xBF"}) {
    for (auto at = clean.find(none); at != std::string::npos; at = clean.find(none, at)) {
      clean.replace(at, none.size(), " ");
    }
  }
  return clean;
}

void write(pugi::xml_node node, const json::object& members) {
  for (const auto& [name, value] : members) {
    pugi::xml_node child = node.append_child(std::string(name).c_str());
    if (value.is_object()) {
      write(child, value.get_object());
    } else if (value.is_string()) {
      const json::string& text = value.get_string();
      child.text().set(xml_text({text.data(), text.size()}).c_str());
    } else {
      child.text().set(json::serialize(value).c_str());
    }
  }
}

std::string as_xml(const json::object& members, std::string_view root) {
  pugi::xml_document document;
  write(document.append_child(std::string(root).c_str()), members);
  std::ostringstream text;
  text << "<?xml version='1.0' encoding='UTF-8'?>";
  document.save(text, "", pugi::format_raw | pugi::format_no_declaration);
  return std::move(text).str();
}

http::Response respond(
    int status, const json::object& members, std::string_view root, const Rendering& rendering
) {
  http::Response response;
  response.status = status;
  response.headers.add("x-acs-request-id", rendering.request_id);
  switch (rendering.format) {
    case Format::json:
      response.content_type = "application/json; charset=utf-8";
      response.body = json::serialize(members);
      break;
    case Format::xml:
      response.content_type = "text/xml; charset=utf-8";
      response.body = as_xml(members, root);
      break;
  }
  return response;
}

}  // namespace

Rendering rendering_of(const http::Request& request) {
  Rendering rendering{
      .format = format_of(request), .request_id = request.request_id, .host_id = {}
  };
  std::ranges::transform(rendering.request_id, rendering.request_id.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  const std::string_view host = request.headers.find("host").value_or(std::string_view{});
  if (is_utf8(host)) rendering.host_id = host;
  return rendering;
}

http::Response render(const Fields& fields, std::string_view action, const Rendering& rendering) {
  Fields members = fields;
  members["RequestId"] = rendering.request_id;
  return respond(200, members, std::string(action) + "Response", rendering);
}

http::Response render(const ApiError& error, const Rendering& rendering) {
  const Fields members{
      {"RequestId", rendering.request_id},
      {"HostId", rendering.host_id},
      {"Code", error.code},
      {"Message", error.message},
      {"Recommend", ""}
  };
  return respond(error.status, members, "Error", rendering);
}

}  // namespace selfsame::adapters::alibaba
