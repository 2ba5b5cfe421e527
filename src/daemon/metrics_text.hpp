// The text format of Prometheus, version 0.0.4
// (prometheus.io/docs/instrumenting/exposition_formats). Pure.
#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace redvip::daemon {

inline constexpr std::string_view metrics_content_type = "text/plain; version=0.0.4; charset=utf-8";

enum class MetricType : std::uint8_t { counter, gauge, histogram };

[[nodiscard]] std::string_view name(MetricType type);

// The samples of one metric, after its HELP and TYPE. Names are the program's own; label values may
// be anything in UTF-8.
class MetricFamily {
 public:
  using Labels = std::initializer_list<std::pair<std::string_view, std::string_view>>;

  // Appends to `out`, which must outlive it.
  MetricFamily(std::string& out, std::string_view name, MetricType type, std::string_view help);

  void add(Labels labels, std::integral auto value) { write("", labels, std::to_string(value)); }
  void add(Labels labels, double value);
  // `le`, the bound of a histogram's bucket, comes after the other labels.
  void bucket(Labels labels, double bound, std::uint64_t count);
  void rest_of_histogram(Labels labels, std::uint64_t count, double sum);

 private:
  void begin(std::string_view suffix, Labels labels);
  void label(std::string_view name, std::string_view value);
  void end(std::string_view value);
  void write(std::string_view suffix, Labels labels, std::string_view value);

  std::string& out_;
  std::string_view name_;
  char separator_ = '{';
};

// The shortest decimal text that is read back as the same number, whatever the locale.
[[nodiscard]] std::string number(double value);

}  // namespace redvip::daemon
