// SPDX-License-Identifier: Apache-2.0
#include "adapters/smpp/link.h"

#include <algorithm>
#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <exception>
#include <iterator>
#include <list>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "adapters/smpp/receipt.h"
#include "base/crypto.h"

namespace selfsame::adapters::smpp {

namespace asio = boost::asio;
using asio::ip::tcp;
using std::chrono::steady_clock;

namespace {

constexpr auto kAnswer = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t kWriteBytes = std::size_t{64} << 10;
constexpr std::uint32_t kLastSequence = 0x7FFFFFFF;
constexpr std::chrono::seconds kThrottlePause{1};
constexpr std::chrono::seconds kUnbindTimeout{1};
constexpr std::uint8_t kAlphanumeric = 5;
constexpr std::uint8_t kInternational = 1;
constexpr std::uint8_t kNetworkSpecific = 3;
constexpr std::uint8_t kIsdn = 1;
constexpr std::size_t kShortCodeDigits = 6;

/// Nothing has left | some may have | all has.
enum class Stage : std::uint8_t { queued, leaving, left };

struct Request;

struct Outgoing {
  Bytes bytes;
  std::shared_ptr<Request> request;  // null: an answer of ours
};

struct Request {
  explicit Request(const asio::any_io_executor& executor) : answered(executor) {}

  asio::steady_timer answered;  // its expiry is the time-out, its cancellation the end
  Stage stage = Stage::queued;
  std::optional<std::list<Outgoing>::iterator> place;  // while it waits for the writer
  std::optional<Pdu> answer;
};

Address source_of(const std::string& text) {
  if (text.empty()) return {};
  if (!std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; })) {
    return {.type = kAlphanumeric, .plan = 0, .text = text};
  }
  if (text.size() <= kShortCodeDigits) return {.type = kNetworkSpecific, .plan = 0, .text = text};
  return {.type = kInternational, .plan = kIsdn, .text = text};
}

}  // namespace

/// A condition that coroutines of one thread wait for.
class Wakeup {
 public:
  explicit Wakeup(const asio::any_io_executor& executor) : timer_(executor) {}
  [[nodiscard]] asio::awaitable<void> wait_until(steady_clock::time_point limit) {
    timer_.expires_at(limit);
    co_await timer_.async_wait(kAnswer);
  }
  /// One waiter at a time shares no limit with others: this is for several of them.
  [[nodiscard]] asio::awaitable<void> wait() {
    if (timer_.expiry() != steady_clock::time_point::max()) {
      timer_.expires_at(steady_clock::time_point::max());
    }
    co_await timer_.async_wait(kAnswer);
  }
  void wake_one() { timer_.cancel_one(); }
  void wake_all() { timer_.cancel(); }

 private:
  asio::steady_timer timer_;
};

/// One TCP connection. Its loops keep it alive.
struct Link::Session : std::enable_shared_from_this<Session> {
  explicit Session(const asio::any_io_executor& executor_of)
      : executor(executor_of),
        socket(executor_of),
        work(executor_of),
        quiet(executor_of),
        turn(executor_of),
        idle(executor_of),
        ended(executor_of) {}

  asio::any_io_executor executor;
  tcp::socket socket;
  Wakeup work;   // for the writer
  Wakeup quiet;  // for who asks whether the peer lives
  Wakeup turn;   // for those who want to submit
  Wakeup idle;   // for who waits until nothing is under way
  Wakeup ended;  // for who waits for the loops
  std::list<Outgoing> outgoing;
  std::map<std::uint32_t, std::shared_ptr<Request>> requests;
  std::uint32_t next_sequence = 1;
  std::size_t in_window = 0;
  int loops = 0;
  bool bound = false;
  bool leaving = false;  // the peer has unbound: what we still say, then the end
  bool closed = false;
  steady_clock::time_point heard_at = steady_clock::now();

  void send(Bytes bytes, std::shared_ptr<Request> request = nullptr) {
    outgoing.push_back({std::move(bytes), std::move(request)});
    const auto place = std::prev(outgoing.end());
    if (place->request) place->request->place = place;
    work.wake_one();
  }

  void close() {
    if (std::exchange(closed, true)) return;
    boost::system::error_code ignored;
    socket.shutdown(tcp::socket::shutdown_both, ignored);
    socket.close(ignored);
    work.wake_all();
    quiet.wake_all();
    turn.wake_all();
  }

  void start(asio::awaitable<void> loop) {
    ++loops;
    auto end = [self = shared_from_this()](const std::exception_ptr&) {
      self->close();
      if (--self->loops == 0) self->end();
    };
    asio::co_spawn(executor, std::move(loop), std::move(end));
  }

  /// Nothing more will be written or read: what is open stays so.
  void end() {
    for (auto& [sequence, request] : requests) request->answered.cancel();
    ended.wake_all();
  }

  [[nodiscard]] asio::awaitable<void> wait_for_end() {
    while (loops > 0) co_await ended.wait();
  }

  [[nodiscard]] asio::awaitable<void> write_all() {
    const auto self = shared_from_this();
    while (!closed) {
      if (outgoing.empty() && leaving) co_return;
      if (outgoing.empty()) {
        co_await work.wait();
        continue;
      }
      Bytes buffer;
      std::vector<std::pair<std::size_t, std::shared_ptr<Request>>> ends;
      while (!outgoing.empty() && buffer.size() < kWriteBytes) {
        const Outgoing& next = outgoing.front();
        buffer.insert(buffer.end(), next.bytes.begin(), next.bytes.end());
        if (next.request) {
          next.request->stage = Stage::leaving;
          next.request->place.reset();
          ends.emplace_back(buffer.size(), next.request);
        }
        outgoing.pop_front();
      }
      const auto [error, written] =
          co_await asio::async_write(socket, asio::buffer(buffer), kAnswer);
      for (const auto& [end, request] : ends) {
        request->stage = end <= written ? Stage::left : Stage::queued;
      }
      if (error) co_return;
    }
  }

  [[nodiscard]] asio::awaitable<void> keep_alive(
      std::chrono::milliseconds interval, std::chrono::milliseconds patience
  ) {
    const auto self = shared_from_this();
    while (!closed) {
      const auto asked_at = heard_at + interval;
      if (steady_clock::now() < asked_at) {
        co_await quiet.wait_until(asked_at);
        continue;
      }
      send(encode({.command = Command::enquire_link, .sequence = take_sequence()}));
      const auto silent_since = heard_at;
      co_await quiet.wait_until(steady_clock::now() + patience);
      if (heard_at == silent_since) co_return;
    }
  }

  std::uint32_t take_sequence() {
    const std::uint32_t sequence = next_sequence;
    next_sequence = sequence == kLastSequence ? 1 : sequence + 1;
    return sequence;
  }

  /// Sends it and waits for its answer, for the time-out or for the end of the session.
  [[nodiscard]] asio::awaitable<std::shared_ptr<Request>> ask(
      Command command, Bytes body, std::chrono::milliseconds timeout
  ) {
    const auto self = shared_from_this();
    auto request = std::make_shared<Request>(executor);
    if (closed) co_return request;
    const std::uint32_t sequence = take_sequence();
    requests[sequence] = request;
    send(encode({.command = command, .sequence = sequence, .body = std::move(body)}), request);
    request->answered.expires_after(timeout);
    co_await request->answered.async_wait(kAnswer);
    requests.erase(sequence);
    // It must not leave after it was said that it did not.
    if (request->place) outgoing.erase(*std::exchange(request->place, std::nullopt));
    if (requests.empty()) idle.wake_all();
    co_return request;
  }

  void answer(Pdu pdu) {
    const auto it = requests.find(pdu.sequence);
    if (it == requests.end() || it->second->answer) return;
    it->second->answer = std::move(pdu);
    it->second->answered.cancel();
  }
};

ShortMessage submit_of(const flows::SmsSegment& segment) {
  constexpr std::uint8_t kUcs2 = 8;
  ShortMessage message;
  message.source = source_of(segment.from);
  message.destination = {.type = kInternational, .plan = kIsdn, .text = segment.to};
  message.esm_class = segment.has_header ? kHasHeader : std::uint8_t{0};
  if (segment.validity) message.validity_period = relative_time(segment.validity->count());
  message.registered_delivery = 1;
  message.data_coding = segment.encoding == core::SmsEncoding::ucs2 ? kUcs2 : std::uint8_t{0};
  message.short_message = segment.payload;
  return message;
}

Link::Link(
    asio::any_io_executor executor,
    LinkOptions options,
    flows::SmsArrivals arrivals,
    std::function<void(const std::string&)> note
)
    : executor_(std::move(executor)),
      options_(std::move(options)),
      arrivals_(std::move(arrivals)),
      note_(std::move(note)),
      next_pause_(options_.first_pause),
      woken_(std::make_unique<Wakeup>(executor_)) {}

Link::~Link() {
  if (session_) session_->close();
}

bool Link::is_up() const {
  return session_ && session_->bound && !session_->leaving && !session_->closed && !stopping_;
}

asio::awaitable<std::shared_ptr<Link::Session>> Link::connect() {
  tcp::resolver resolver(executor_);
  const auto [error, endpoints] =
      co_await resolver.async_resolve(options_.host, std::to_string(options_.port), kAnswer);
  if (error) co_return nullptr;
  for (const auto& entry : endpoints) {
    auto session = std::make_shared<Session>(executor_);
    asio::steady_timer limit(executor_, options_.connect_timeout);
    limit.async_wait([session](const boost::system::error_code& stopped) {
      if (!stopped) session->close();
    });
    const auto [failed] = co_await session->socket.async_connect(entry.endpoint(), kAnswer);
    limit.cancel();
    if (failed || session->closed) continue;
    boost::system::error_code ignored;
    session->socket.set_option(tcp::no_delay(true), ignored);
    co_return session;
  }
  co_return nullptr;
}

asio::awaitable<bool> Link::bind(std::shared_ptr<Session> session) {
  const std::string password(text_of(options_.password.reveal()));
  auto body = encode_body(BindRequest{options_.system_id, password, options_.system_type});
  if (!body) {
    note_("the name or password is longer than SMPP allows");
    co_return false;
  }
  const auto request =
      co_await session->ask(Command::bind_transceiver, std::move(*body), options_.connect_timeout);
  if (!request->answer) {
    note_("no answer to the bind");
    co_return false;
  }
  if (request->answer->command == Command::bind_transceiver_resp &&
      request->answer->status == status::kOk) {
    co_return true;
  }
  note_("the bind was refused with status " + std::to_string(request->answer->status));
  co_return false;
}

asio::awaitable<void> Link::pause() {
  constexpr std::uint32_t kSides = 1000;
  const auto jitter = next_pause_ * random_below(kSides) / (5 * kSides);
  co_await woken_->wait_until(steady_clock::now() + next_pause_ + jitter);
  next_pause_ = std::min(next_pause_ * 2, options_.longest_pause);
}

asio::awaitable<void> Link::run() {
  while (!stopping_) {
    const std::shared_ptr<Session> session = co_await connect();
    if (session && !stopping_) {
      session_ = session;
      session->start(read_all(session));
      session->start(session->write_all());
      const bool is_bound = co_await bind(session);
      if (is_bound) {
        next_pause_ = options_.first_pause;
        session->bound = true;
        counts_.up = true;
        ++counts_.binds;
        note_("bound");
        session->start(session->keep_alive(options_.enquire_interval, options_.response_timeout));
      } else {
        session->close();
      }
      co_await session->wait_for_end();
      if (session->bound) note_("the link has ended");
      counts_.up = false;
      session_ = nullptr;
    }
    if (!stopping_) co_await pause();
  }
}

asio::awaitable<void> Link::stop(std::chrono::milliseconds patience) {
  stopping_ = true;
  woken_->wake_all();
  const std::shared_ptr<Session> session = session_;
  if (!session) co_return;
  session->turn.wake_all();
  const auto limit = steady_clock::now() + patience;
  while (!session->requests.empty() && !session->closed && steady_clock::now() < limit) {
    co_await session->idle.wait_until(limit);
  }
  if (!session->closed) {
    static_cast<void>(co_await session->ask(Command::unbind, Bytes(), kUnbindTimeout));
  }
  session->close();
  co_await session->wait_for_end();
}

/// False: the link ended meanwhile.
asio::awaitable<bool> Link::wait_for_turn(std::shared_ptr<Session> session) {
  while (is_up() && session_ == session && session->in_window >= options_.window) {
    co_await session->turn.wait();
  }
  if (!is_up() || session_ != session) co_return false;
  ++session->in_window;
  const auto now = steady_clock::now();
  const auto slot = std::max(now, next_slot_);
  if (options_.per_second > 0) {
    next_slot_ = slot + std::chrono::duration_cast<steady_clock::duration>(
                            std::chrono::duration<double>(1 / options_.per_second)
                        );
  }
  if (slot > now) {
    asio::steady_timer timer(executor_, slot);
    co_await timer.async_wait(kAnswer);
  }
  if (is_up() && session_ == session) co_return true;
  --session->in_window;
  co_return false;
}

asio::awaitable<flows::SubmitResult> Link::submit(flows::SmsSegment segment) {
  auto body = encode_body(submit_of(segment));
  if (!body) co_return flows::SubmitResult{.fate = flows::SubmitFate::refused};
  const std::shared_ptr<Session> session = session_;
  if (!session || !co_await wait_for_turn(session)) {
    co_return flows::SubmitResult{.fate = flows::SubmitFate::not_sent};
  }
  const auto request =
      co_await session->ask(Command::submit_sm, std::move(*body), options_.response_timeout);
  --session->in_window;
  session->turn.wake_one();
  flows::SubmitResult result{
      .fate = request->stage == Stage::queued ? flows::SubmitFate::not_sent
                                              : flows::SubmitFate::in_doubt
  };
  if (request->answer) result = result_of(*request->answer);
  count(result);
  co_return result;
}

flows::SubmitResult Link::result_of(const Pdu& answer) {
  flows::SubmitResult result{.fate = flows::SubmitFate::refused, .status = answer.status};
  if (answer.status == status::kThrottled || answer.status == status::kQueueFull) {
    next_slot_ = std::max(next_slot_, steady_clock::now() + kThrottlePause);
    result.fate = flows::SubmitFate::try_later;
  } else if (answer.status == status::kTemporary) {
    result.fate = flows::SubmitFate::try_later;
  } else if (answer.status == status::kOk && answer.command == Command::submit_sm_resp) {
    // Without a readable id it was taken all the same; its receipt will find nothing.
    result.fate = flows::SubmitFate::accepted;
    result.centre_id = parse_id(answer.body).value_or(std::string());
  }
  return result;
}

void Link::count(const flows::SubmitResult& result) {
  switch (result.fate) {
    case flows::SubmitFate::accepted:
      ++counts_.accepted;
      return;
    case flows::SubmitFate::refused:
      ++counts_.refused;
      return;
    case flows::SubmitFate::in_doubt:
      ++counts_.in_doubt;
      return;
    case flows::SubmitFate::try_later:
    case flows::SubmitFate::not_sent:
      ++counts_.put_off;
      return;
  }
}

asio::awaitable<void> Link::read_all(std::shared_ptr<Session> session) {
  std::array<std::uint8_t, std::size_t{16} << 10> buffer{};
  Splitter splitter;
  for (;;) {
    const auto [error, count] =
        co_await session->socket.async_read_some(asio::buffer(buffer), kAnswer);
    if (error) co_return;
    session->heard_at = steady_clock::now();
    splitter.add(ByteView(buffer).first(count));
    for (;;) {
      auto next = splitter.next();
      if (!next) {
        note_("the message centre does not speak SMPP");
        co_return;
      }
      if (!*next) break;
      take(session, std::move(**next));
    }
  }
}

void Link::take(const std::shared_ptr<Session>& session, Pdu pdu) {
  switch (pdu.command) {
    case Command::bind_transceiver_resp:
    case Command::submit_sm_resp:
    case Command::unbind_resp:
    case Command::generic_nack:
      session->answer(std::move(pdu));
      return;
    case Command::enquire_link_resp:
    case Command::deliver_sm_resp:
      return;
    case Command::enquire_link:
      session->send(encode({.command = Command::enquire_link_resp, .sequence = pdu.sequence}));
      return;
    case Command::unbind:
      session->send(encode({.command = Command::unbind_resp, .sequence = pdu.sequence}));
      session->leaving = true;
      session->turn.wake_all();
      return;
    case Command::deliver_sm:
      asio::co_spawn(executor_, take_delivery(session, std::move(pdu)), asio::detached);
      return;
    case Command::bind_transceiver:
    case Command::submit_sm:
      break;
  }
  session->send(encode(
      {.command = Command::generic_nack, .status = status::kInvalidCommand, .sequence = pdu.sequence
      }
  ));
}

asio::awaitable<void> Link::take_delivery(std::shared_ptr<Session> session, Pdu pdu) {
  bool is_kept = true;  // what cannot be read will not get better by being sent again
  if (const auto message = parse_short_message(pdu.body)) {
    if (auto receipt = receipt_of(*message)) {
      ++counts_.receipts;
      is_kept = co_await arrivals_.receipt(std::move(*receipt));
    } else if ((message->esm_class & kMessageTypeMask) == 0) {
      is_kept = co_await arrivals_.reply(reply_of(*message));
    }
  }
  if (session->closed) co_return;
  session->send(encode(
      {.command = Command::deliver_sm_resp,
       .status = is_kept ? status::kOk : status::kReceiverTemporary,
       .sequence = pdu.sequence,
       .body = encode_id("")}
  ));
}

}  // namespace selfsame::adapters::smpp
