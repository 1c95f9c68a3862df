// SPDX-License-Identifier: Apache-2.0
#include "storage/postgres/connection.h"

#include <libpq-fe.h>
#include <poll.h>

#include <array>
#include <bit>
#include <cerrno>
#include <cstring>
#include <new>
#include <stdexcept>
#include <vector>

namespace selfsame::storage::postgres {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds kLongPatience{600'000};
// The server gives a statement up before we give the session up: then we know what became of it.
constexpr const char* kSetUp =
    "SET statement_timeout = 5000; SET lock_timeout = 5000;"
    " SET idle_in_transaction_session_timeout = 15000; SET standard_conforming_strings = on;"
    // An acknowledged row is on disk. Stricter values (remote_apply, ...) stay.
    " SELECT set_config('synchronous_commit', 'on', false)"
    " WHERE current_setting('synchronous_commit') = 'off'";

constexpr unsigned kInteger4 = 23;
constexpr unsigned kInteger8 = 20;
constexpr unsigned kFloat8 = 701;
constexpr int kBinary = 1;

template <class Unsigned>
Unsigned big_endian(Unsigned value) {
  static_assert(std::endian::native == std::endian::little);
  return sizeof(value) == 4
             ? static_cast<Unsigned>(__builtin_bswap32(static_cast<std::uint32_t>(value)))
             : static_cast<Unsigned>(__builtin_bswap64(value));
}

template <class Unsigned>
Unsigned number_in(ByteView field) {
  Unsigned value = 0;
  if (field.size() != sizeof(value)) throw std::logic_error("postgres: a number of another size");
  std::memcpy(&value, field.data(), sizeof(value));
  return big_endian(value);
}

/// Values as libpq wants them. Numbers are kept here, the rest stays where it is.
class Parameters {
 public:
  Parameters(std::initializer_list<Value> values) : numbers_(values.size()) {
    for (const Value& value : values) std::visit(*this, value);
  }

  void operator()(std::monostate) { append(nullptr, 0); }
  void operator()(std::int64_t value) { add_number(static_cast<std::uint64_t>(value)); }
  void operator()(double value) { add_number(std::bit_cast<std::uint64_t>(value)); }
  void operator()(std::string_view value) { add(value.data(), value.size()); }
  void operator()(ByteView value) {
    add(reinterpret_cast<const char*>(value.data()), value.size());
  }

  [[nodiscard]] int count() const { return static_cast<int>(data_.size()); }
  [[nodiscard]] const char* const* data() const { return data_.data(); }
  [[nodiscard]] const int* sizes() const { return sizes_.data(); }
  [[nodiscard]] const int* formats() const { return formats_.data(); }

 private:
  void add_number(std::uint64_t value) {
    std::uint64_t& kept = numbers_[data_.size()];
    kept = big_endian(value);
    add(reinterpret_cast<const char*>(&kept), sizeof(kept));
  }
  void add(const char* data, std::size_t size) {
    // A null pointer is NULL to libpq: what is empty has to point somewhere.
    append(data == nullptr ? "" : data, size);
  }
  void append(const char* data, std::size_t size) {
    data_.push_back(data);
    sizes_.push_back(static_cast<int>(size));
    formats_.push_back(kBinary);
  }

  std::vector<std::uint64_t> numbers_;
  std::vector<const char*> data_;
  std::vector<int> sizes_;
  std::vector<int> formats_;
};

std::string_view state_of(const PGresult* result) {
  const char* state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
  return state == nullptr ? std::string_view() : state;
}

/// Lines of libpq end in line breaks; a detail is one line.
std::string one_line(const char* text) {
  std::string line = text == nullptr ? "" : text;
  while (!line.empty() && line.back() == '\n') line.pop_back();
  for (char& c : line) {
    if (c == '\n' || c == '\t') c = ' ';
  }
  return line;
}

bool is_text_error(std::string_view state) {
  return state == "22021" || state == "22P05";  // not in the encoding; not in the server's
}

/// What only another program text can mend. A missing table or right is the operator's.
bool is_bug(std::string_view state) {
  if (state == "42P01" || state == "42501") return false;
  return state.starts_with("42") || state == "22P03" || state == "08P01";
}

}  // namespace

// Rows

void Rows::Clear::operator()(pg_result* result) const noexcept {
  PQclear(result);
}

bool Rows::next() {
  return ++row_ < PQntuples(result_.get());
}

ByteView Rows::field(int column) const {
  if (column >= PQnfields(result_.get())) throw std::logic_error("postgres: no such column");
  return {
      reinterpret_cast<const std::uint8_t*>(PQgetvalue(result_.get(), row_, column)),
      static_cast<std::size_t>(PQgetlength(result_.get(), row_, column))
  };
}

std::int64_t Rows::integer(int column) const {
  const ByteView bytes = field(column);
  switch (PQftype(result_.get(), column)) {
    case kInteger8:
      return static_cast<std::int64_t>(number_in<std::uint64_t>(bytes));
    case kInteger4:
      return static_cast<std::int32_t>(number_in<std::uint32_t>(bytes));
    default:
      throw std::logic_error("postgres: the column is not an integer");
  }
}

std::string Rows::text(int column) const {
  return std::string(text_of(field(column)));
}

Bytes Rows::bytes(int column) const {
  const ByteView bytes = field(column);
  return {bytes.begin(), bytes.end()};
}

std::optional<double> Rows::real(int column) const {
  if (PQgetisnull(result_.get(), row_, column) != 0) return std::nullopt;
  const ByteView bytes = field(column);
  if (PQftype(result_.get(), column) != kFloat8) {
    throw std::logic_error("postgres: the column is not a double");
  }
  return std::bit_cast<double>(number_in<std::uint64_t>(bytes));
}

Timestamp Rows::time(int column) const {
  return Timestamp(milliseconds(integer(column)));
}

std::optional<std::int64_t> Rows::optional_integer(int column) const {
  if (PQgetisnull(result_.get(), row_, column) != 0) return std::nullopt;
  return integer(column);
}

std::optional<Timestamp> Rows::optional_time(int column) const {
  if (PQgetisnull(result_.get(), row_, column) != 0) return std::nullopt;
  return time(column);
}

std::int64_t Rows::count() const {
  const char* const count = PQcmdTuples(result_.get());
  return *count == '\0' ? 0 : std::stoll(count);
}

// Connection

void Connection::Finish::operator()(pg_conn* handle) const noexcept {
  PQfinish(handle);
}

Result<Connection> Connection::open(const Target& target, Mode mode) {
  const std::string password(text_of(target.password.reveal()));
  std::vector<const char*> keys;
  std::vector<const char*> values;
  const auto add = [&](const char* key, const char* value) {
    keys.push_back(key);
    values.push_back(value);
  };
  // What stands before the URL are defaults of ours; what stands behind it counts.
  add("connect_timeout", "5");
  add("gssencmode", "disable");
  add("keepalives_idle", "30");
  add("keepalives_interval", "10");
  add("keepalives_count", "3");
  add("tcp_user_timeout", "15000");
  add("application_name", "selfsame");
  add("dbname", target.url.c_str());
  if (!password.empty()) add("password", password.c_str());
  add("client_encoding", "UTF8");
  add(nullptr, nullptr);

  constexpr int kExpandUrl = 1;
  Connection connection(PQconnectdbParams(keys.data(), values.data(), kExpandUrl));
  if (!connection.handle_) throw std::bad_alloc();
  PQsetNoticeProcessor(connection.handle_.get(), [](void*, const char*) {}, nullptr);
  if (PQstatus(connection.handle_.get()) != CONNECTION_OK) {
    return tl::unexpected(connection.broken(PQerrorMessage(connection.handle_.get())));
  }
  PQsetnonblocking(connection.handle_.get(), 1);
  SELFSAME_CHECK(connection.set_up(mode));
  return connection;
}

Result<void> Connection::set_up(Mode mode) {
  SELFSAME_CHECK(execute(kSetUp));
  if (mode == Mode::read_only) SELFSAME_CHECK(execute("SET default_transaction_read_only = on"));
  return {};
}

Result<void> Connection::wait_long() {
  patience_ = kLongPatience;
  return execute("SET statement_timeout = 0; SET lock_timeout = 0");
}

Result<void> Connection::execute(const std::string& script) {
  if (!usable()) return fail(Errc::storage_unavailable, "postgres: the session is gone");
  return finish(PQsendQuery(handle_.get(), script.c_str()) == 1).map([](const Rows&) {});
}

Result<Rows> Connection::query(std::string_view sql, std::initializer_list<Value> values) {
  if (!usable()) return fail(Errc::storage_unavailable, "postgres: the session is gone");
  SELFSAME_TRY(name, prepare(sql));
  const Parameters parameters(values);
  return finish(
      PQsendQueryPrepared(
          handle_.get(),
          name.c_str(),
          parameters.count(),
          parameters.data(),
          parameters.sizes(),
          parameters.formats(),
          kBinary
      ) == 1
  );
}

Result<Rows> Connection::look_up(std::string_view sql, std::initializer_list<Value> values) {
  auto rows = query(sql, values);
  if (!rows && rows.error().code == Errc::invalid_parameter) return Rows(nullptr);
  return rows;
}

Result<void> Connection::run(std::string_view sql, std::initializer_list<Value> values) {
  return query(sql, values).map([](const Rows&) {});
}

Result<std::string> Connection::prepare(std::string_view sql) {
  if (const auto found = statements_.find(sql); found != statements_.end()) return found->second;
  const std::string text(sql);
  std::string name = "s" + std::to_string(statements_.size());
  SELFSAME_CHECK(finish(PQsendPrepare(handle_.get(), name.c_str(), text.c_str(), 0, nullptr) == 1));
  statements_.emplace(text, name);
  return name;
}

/// Waits for all results of what was sent; the last of them, or the first error.
Result<Rows> Connection::finish(bool sent) {
  lost_a_race_ = false;
  Rows last(nullptr);
  Rows failed(nullptr);
  for (;;) {
    if (!sent || !receive()) return tl::unexpected(broken(PQerrorMessage(handle_.get())));
    Rows rows(PQgetResult(handle_.get()));
    if (!rows.result_) break;
    const ExecStatusType status = PQresultStatus(rows.result_.get());
    const bool succeeded = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
    if (succeeded || !failed.result_) (succeeded ? last : failed) = std::move(rows);
  }
  if (failed.result_) return tl::unexpected(error_of(failed.result_.get()));
  if (!last.result_) return tl::unexpected(broken("no answer"));
  return last;
}

/// Sends what is to be sent and waits, not for ever, until PQgetResult would not block.
bool Connection::receive() {
  const auto limit = Clock::now() + patience_;
  for (int unsent = 1; unsent != 0;) {
    unsent = PQflush(handle_.get());
    if (unsent < 0) return false;
    if (unsent == 0) break;
    if (!wait_for(POLLIN | POLLOUT, limit)) return false;
    if (PQconsumeInput(handle_.get()) == 0) return false;
  }
  while (PQisBusy(handle_.get()) != 0) {
    if (!wait_for(POLLIN, limit)) return false;
    if (PQconsumeInput(handle_.get()) == 0) return false;
  }
  return true;
}

bool Connection::wait_for(short events, Clock::time_point limit) const {
  pollfd waiting{.fd = PQsocket(handle_.get()), .events = events, .revents = 0};
  for (;;) {
    const auto left = std::chrono::ceil<milliseconds>(limit - Clock::now());
    if (waiting.fd < 0 || left.count() <= 0) return false;
    const int ready = ::poll(&waiting, 1, static_cast<int>(left.count()));
    if (ready > 0) return true;
    if (ready < 0 && errno != EINTR) return false;
  }
}

bool Connection::usable() const noexcept {
  return handle_ != nullptr && !broken_ && PQstatus(handle_.get()) == CONNECTION_OK;
}

bool Connection::transaction_failed() const noexcept {
  return PQtransactionStatus(handle_.get()) == PQTRANS_INERROR;
}

Result<void> Connection::commit() {
  if (!usable()) return fail(Errc::storage_unavailable, "postgres: the session is gone");
  SELFSAME_TRY(done, finish(PQsendQuery(handle_.get(), "COMMIT") == 1));
  if (std::string_view(PQcmdStatus(done.result_.get())) == "COMMIT") return {};
  return fail(Errc::storage_unavailable, "postgres: the transaction was undone");
}

void Connection::roll_back() noexcept {
  try {
    if (!usable() || PQtransactionStatus(handle_.get()) == PQTRANS_IDLE) return;
    const bool raced = lost_a_race_;
    if (!execute("ROLLBACK")) broken_ = true;
    lost_a_race_ = raced;
  } catch (...) {
    broken_ = true;
  }
}

Error Connection::broken(const char* words) {
  broken_ = true;
  const std::string why = one_line(words);
  return {
      Errc::storage_unavailable,
      "postgres: " + (why.empty() ? std::string("the server did not answer in time") : why)
  };
}

/// The error that `result` means for us. Throws when it means a bug.
Error Connection::error_of(const pg_result* result) {
  const std::string_view state = state_of(result);
  const char* const message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
  // Without a state it is libpq that speaks: the session broke.
  if (state.empty()) return broken(PQresultErrorMessage(result));
  std::string detail = "postgres: " + one_line(message) + " (" + std::string(state) + ')';
  if (PQstatus(handle_.get()) != CONNECTION_OK) broken_ = true;
  lost_a_race_ = state == "40001" || state == "40P01";
  if (state.starts_with("23")) return {Errc::conflict, std::move(detail)};
  if (is_text_error(state)) return {Errc::invalid_parameter, "text that the database cannot hold"};
  if (is_bug(state)) throw std::logic_error(detail);
  return {Errc::storage_unavailable, std::move(detail)};
}

std::string Connection::description() const {
  const int version = PQserverVersion(handle_.get());
  const char* const tls = PQsslAttribute(handle_.get(), "protocol");
  return "PostgreSQL " + std::to_string(version / 10'000) + '.' + std::to_string(version % 10'000) +
         (tls == nullptr ? std::string(", without TLS") : std::string(", ") + tls);
}

bool Connection::in_clear() const {
  const std::string_view host = PQhost(handle_.get());
  const std::string_view address = PQhostaddr(handle_.get());
  const bool is_here = host.starts_with('/') || address.starts_with("127.") || address == "::1";
  return !is_here && PQsslInUse(handle_.get()) == 0;
}

}  // namespace selfsame::storage::postgres
