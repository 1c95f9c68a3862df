// SPDX-License-Identifier: Apache-2.0
#include "storage/postgres/connection.h"

#include <cmath>
#include <limits>

#include "storage/postgres/test_server.h"

namespace selfsame::storage::postgres {
namespace {

class PostgresConnection : public ::testing::Test {
 protected:
  void SetUp() override { SELFSAME_NEEDS_POSTGRES(); }

  [[nodiscard]] static Connection connect() { return testing::connect_to(testing::server_url()); }

  [[nodiscard]] static Error refused(const std::string& url, std::string_view password = "") {
    const auto opened =
        Connection::open({.url = url, .password = Secret(password)}, Connection::Mode::read_write);
    EXPECT_FALSE(opened);
    return opened ? Error{} : opened.error();
  }
};

TEST_F(PostgresConnection, EveryKindOfValueComesBackAsItWas) {
  Connection connection = connect();
  ASSERT_TRUE(connection.execute(
      "CREATE TEMP TABLE t (i BIGINT, d DOUBLE PRECISION, s TEXT, b BYTEA, n BIGINT)"
  ));
  const Bytes bytes{0, 1, 2, 0xff, 0, '\\'};
  const std::string text = "Ngân hàng ' \" \\ %";
  const auto insert = [&](std::int64_t i, double d, std::string_view s, ByteView b) {
    const auto done =
        connection.run("INSERT INTO t VALUES ($1, $2, $3, $4, $5)", {i, d, s, b, std::monostate{}});
    EXPECT_TRUE(done) << done.error().detail;
  };
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  insert(std::numeric_limits<std::int64_t>::min(), -0.4375, text, bytes);
  insert(std::numeric_limits<std::int64_t>::max(), kInfinity, {}, {});
  auto row = connection.query("SELECT i, d, s, b, n FROM t ORDER BY i").value();
  EXPECT_EQ(row.count(), 2);
  ASSERT_TRUE(row.next());
  EXPECT_EQ(row.integer(0), std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(row.real(1), -0.4375);
  EXPECT_EQ(row.text(2), text);
  EXPECT_EQ(row.bytes(3), bytes);
  EXPECT_FALSE(row.optional_time(4));
  ASSERT_TRUE(row.next());
  EXPECT_EQ(row.integer(0), std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(row.real(1), kInfinity);
  EXPECT_EQ(row.text(2), "");
  EXPECT_EQ(row.bytes(3), Bytes());
  EXPECT_THROW((void)row.integer(2), std::logic_error);
  EXPECT_THROW((void)row.real(0), std::logic_error);
  EXPECT_THROW((void)row.text(5), std::logic_error);
  EXPECT_FALSE(row.next());
  EXPECT_EQ(connection.query("SELECT s FROM t WHERE s = ''").value().count(), 1) << "not NULL";
}

TEST_F(PostgresConnection, ErrorsSayWhoseTheyAre) {
  Connection connection = connect();
  ASSERT_TRUE(connection.execute("CREATE TEMP TABLE t (s TEXT PRIMARY KEY)"));
  constexpr const char* kInsert = "INSERT INTO t VALUES ($1)";
  ASSERT_TRUE(connection.run(kInsert, {std::string_view("Nguyen")}));
  const auto twice = connection.run(kInsert, {std::string_view("Nguyen")});
  EXPECT_EQ(twice.error().code, Errc::conflict);
  EXPECT_EQ(twice.error().detail.find("Nguyen"), std::string::npos) << twice.error().detail;
  for (const std::string_view text : {std::string_view("a\0b", 3), std::string_view("\xff")}) {
    EXPECT_EQ(connection.run(kInsert, {text}).error().code, Errc::invalid_parameter);
    EXPECT_EQ(connection.look_up("SELECT s FROM t WHERE s = $1", {text}).value().count(), 0);
  }
  EXPECT_THROW((void)connection.run("SELEC 1"), std::logic_error);
  EXPECT_THROW((void)connection.run("SELECT no_such FROM t"), std::logic_error);
  EXPECT_THROW((void)connection.run(kInsert, {}), std::logic_error);
  EXPECT_EQ(connection.run("SELECT 1 FROM no_such").error().code, Errc::storage_unavailable);
  EXPECT_TRUE(connection.usable());
  EXPECT_EQ(connection.query("SELECT s FROM t").value().count(), 1);
}

TEST_F(PostgresConnection, AStatementThatTakesTooLongIsGivenUp) {
  Connection connection = connect();
  ASSERT_TRUE(connection.execute("SET statement_timeout = 50"));
  const auto slow = connection.run("SELECT pg_sleep(5)");
  EXPECT_EQ(slow.error().code, Errc::storage_unavailable);
  EXPECT_NE(slow.error().detail.find("57014"), std::string::npos) << slow.error().detail;
  EXPECT_TRUE(connection.usable());
}

TEST_F(PostgresConnection, AnEndedSessionIsUnavailableAndSaysSo) {
  Connection connection = connect();
  const auto ended = connection.run("SELECT pg_terminate_backend(pg_backend_pid())");
  EXPECT_EQ(ended.error().code, Errc::storage_unavailable);
  EXPECT_FALSE(connection.usable());
  EXPECT_EQ(connection.run("SELECT 1").error().code, Errc::storage_unavailable);
  connection.roll_back();
}

TEST_F(PostgresConnection, ReadersDoNotWrite) {
  auto connection =
      Connection::open({.url = testing::server_url(), .password = {}}, Connection::Mode::read_only);
  ASSERT_TRUE(connection);
  EXPECT_EQ(
      connection->execute("CREATE TABLE t (n BIGINT)").error().code, Errc::storage_unavailable
  );
}

TEST_F(PostgresConnection, CommitsAreDurableWhateverTheDefaultsAre) {
  const testing::TemporaryDatabase database;
  const auto setting = [](Connection connection) {
    auto row = connection.query("SELECT current_setting('synchronous_commit')").value();
    return row.next() ? row.text(0) : "";
  };
  const std::string& name = database.name();
  EXPECT_EQ(setting(database.connect()), "on");
  database.meddle("ALTER DATABASE " + name + " SET synchronous_commit = off");
  EXPECT_EQ(setting(database.connect()), "on");
  database.meddle("ALTER DATABASE " + name + " SET synchronous_commit = remote_apply");
  EXPECT_EQ(setting(database.connect()), "remote_apply") << "stricter is kept";
}

TEST_F(PostgresConnection, TheUrlDecidesAboutTls) {
  const std::string url = testing::server_url();
  EXPECT_NE(testing::connect_to(url + "?sslmode=require").description().find("TLS"), url.npos);
  const Connection plain = testing::connect_to(url + "?sslmode=disable");
  EXPECT_NE(plain.description().find("without TLS"), url.npos) << plain.description();
  EXPECT_FALSE(plain.in_clear()) << "it does not leave this machine";
  const Error unknown = refused(url + "?sslmode=verify-full&sslrootcert=/dev/null");
  EXPECT_EQ(unknown.code, Errc::storage_unavailable);
}

TEST_F(PostgresConnection, TheSeparatePasswordCountsAndIsNeverSaid) {
  const std::string url = testing::server_url();
  const auto colon = url.find(':', url.find("//"));
  const auto at = url.find('@');
  const std::string password = url.substr(colon + 1, at - colon - 1);
  const std::string bare = url.substr(0, colon) + url.substr(at);
  const auto opened =
      Connection::open({.url = bare, .password = Secret(password)}, Connection::Mode::read_write);
  EXPECT_TRUE(opened);
  const Error wrong = refused(url, "wr0ng-one");
  EXPECT_EQ(wrong.code, Errc::storage_unavailable);
  EXPECT_EQ(wrong.detail.find("wr0ng-one"), std::string::npos) << wrong.detail;
  EXPECT_EQ(wrong.detail.find(password), std::string::npos) << wrong.detail;
  EXPECT_EQ(refused(bare).code, Errc::storage_unavailable);
}

TEST_F(PostgresConnection, NobodyThereIsUnavailable) {
  const Error nobody = refused("postgresql://me:s3cret@127.0.0.1:1/rows");
  EXPECT_EQ(nobody.code, Errc::storage_unavailable);
  EXPECT_EQ(nobody.detail.find("s3cret"), std::string::npos) << nobody.detail;
  EXPECT_EQ(nobody.detail.find('\n'), std::string::npos) << nobody.detail;
}

}  // namespace
}  // namespace selfsame::storage::postgres
