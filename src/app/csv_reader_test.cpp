// SPDX-License-Identifier: Apache-2.0
#include "app/csv_reader.h"

#include <gtest/gtest.h>

namespace selfsame::app {
namespace {

using Table = std::vector<std::vector<std::string>>;

Table table_of(std::string_view text) {
  CsvReader reader(text);
  Table table;
  for (;;) {
    const auto record = reader.next();
    if (!record) {
      ADD_FAILURE() << record.error().detail;
      return table;
    }
    if (!*record) return table;
    table.push_back((*record)->fields);
  }
}

/// What is said of the first record that is wrong.
std::string fault_of(std::string_view text) {
  CsvReader reader(text);
  for (;;) {
    const auto record = reader.next();
    if (!record) {
      EXPECT_FALSE(reader.next()) << "a reader that has failed goes on";
      return record.error().detail;
    }
    if (!*record) return "";
  }
}

TEST(CsvReader, ReadsWhatTheStandardDescribes) {
  EXPECT_EQ(table_of("a,b\r\nc,d\r\n"), (Table{{"a", "b"}, {"c", "d"}}));
  EXPECT_EQ(table_of("a,b\nc,d"), (Table{{"a", "b"}, {"c", "d"}}));
  EXPECT_EQ(table_of("\"a,b\",\"say \"\"x\"\"\"\n"), (Table{{"a,b", "say \"x\""}}));
  EXPECT_EQ(table_of("\"two\nlines\",x"), (Table{{"two\nlines", "x"}}));
  EXPECT_EQ(table_of(",\n"), (Table{{"", ""}}));
  EXPECT_EQ(table_of("\"\"\n"), (Table{{""}}));
  EXPECT_EQ(
      table_of("\xef\xbb\xbf"
               "a\n\n\r\nb\n"),
      (Table{{"a"}, {"b"}})
  );
  EXPECT_EQ(table_of(" a , b "), (Table{{" a ", " b "}}));
  EXPECT_EQ(table_of(""), Table{});
}

TEST(CsvReader, KnowsItsLines) {
  CsvReader reader("a\n\n\"b\nc\"\nd\n");
  EXPECT_EQ(reader.next().value()->line, 1U);
  EXPECT_EQ(reader.next().value()->line, 3U);
  EXPECT_EQ(reader.next().value()->line, 5U);
}

TEST(CsvReader, GuessesNothing) {
  EXPECT_EQ(fault_of("a\nb\"c\n"), "line 2: a quote inside a field");
  EXPECT_EQ(fault_of("\"a\"b\n"), "line 1: text after a closing quote");
  EXPECT_EQ(fault_of("a\n\"b\n"), "line 2: a quote is not closed");
  EXPECT_EQ(fault_of("a\rb"), "line 1: a carriage return without a line feed");
  EXPECT_EQ(fault_of("\"a\"\r"), "line 1: a carriage return without a line feed");
  EXPECT_EQ(fault_of(std::string_view("a\0b", 3)), "line 1: a zero byte");
  EXPECT_EQ(fault_of(std::string_view("\"a\0\"", 4)), "line 1: a zero byte");
  EXPECT_EQ(fault_of(std::string(CsvReader::kFieldBytesMax, 'a')), "");
  EXPECT_EQ(
      fault_of(std::string(CsvReader::kFieldBytesMax + 1, 'a')), "line 1: a field is too long"
  );
  EXPECT_EQ(fault_of(std::string(CsvReader::kFieldsMax - 1, ',')), "");
  EXPECT_EQ(fault_of(std::string(CsvReader::kFieldsMax, ',')), "line 1: too many fields");
}

}  // namespace
}  // namespace selfsame::app
