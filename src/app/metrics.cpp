// SPDX-License-Identifier: Apache-2.0
#include "app/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <string>
#include <utility>

namespace selfsame::app {

struct Metrics::State {
  struct ReadGauge {
    prometheus::Gauge& gauge;
    std::function<double()> read;
  };

  prometheus::Registry registry;
  prometheus::Family<prometheus::Counter>& requests = prometheus::BuildCounter()
                                                          .Name("selfsame_http_requests_total")
                                                          .Help("Requests answered")
                                                          .Register(registry);
  prometheus::Counter& bytes_in = prometheus::BuildCounter()
                                      .Name("selfsame_http_received_bytes_total")
                                      .Help("Bytes of requests")
                                      .Register(registry)
                                      .Add({});
  prometheus::Counter& bytes_out = prometheus::BuildCounter()
                                       .Name("selfsame_http_sent_bytes_total")
                                       .Help("Bytes of answers")
                                       .Register(registry)
                                       .Add({});
  prometheus::Histogram& seconds =
      prometheus::BuildHistogram()
          .Name("selfsame_http_request_seconds")
          .Help("First byte of the request to last byte of the answer")
          .Register(registry)
          .Add(
              {},
              prometheus::Histogram::BucketBoundaries{
                  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30
              }
          );
  std::vector<ReadGauge> gauges;
};

Metrics::Metrics() : state_(std::make_unique<State>()) {}
Metrics::~Metrics() = default;

void Metrics::count(const http::Exchange& exchange) {
  state_->requests.Add({{"method", exchange.method}, {"status", std::to_string(exchange.status)}}
  ).Increment();
  state_->bytes_in.Increment(static_cast<double>(exchange.bytes_in));
  state_->bytes_out.Increment(static_cast<double>(exchange.bytes_out));
  state_->seconds.Observe(exchange.seconds);
}

void Metrics::add_gauge(
    const std::string& name,
    const std::string& help,
    std::function<double()> read,
    const std::map<std::string, std::string>& labels
) {
  prometheus::Gauge& gauge =
      prometheus::BuildGauge().Name(name).Help(help).Register(state_->registry).Add(labels);
  state_->gauges.push_back({gauge, std::move(read)});
}

std::string Metrics::text() {
  for (const State::ReadGauge& entry : state_->gauges) entry.gauge.Set(entry.read());
  return prometheus::TextSerializer().Serialize(state_->registry.Collect());
}

}  // namespace selfsame::app
