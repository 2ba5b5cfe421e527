#include "daemon/metrics_text.hpp"

#include <array>
#include <charconv>

namespace redvip::daemon {
namespace {

// In HELP a quote stands for itself, in a label's value it ends it.
void append_escaped(std::string& out, std::string_view text, bool quote) {
  if (text.find_first_of("\\\"\n") == text.npos) {
    out.append(text);
    return;
  }
  for (const char c : text) {
    if (c == '\n') {
      out += "\\n";
    } else if (c == '\\' || (c == '"' && quote)) {
      out += '\\';
      out += c;
    } else {
      out += c;
    }
  }
}

}  // namespace

std::string_view name(MetricType type) {
  switch (type) {
    case MetricType::counter:
      return "counter";
    case MetricType::gauge:
      return "gauge";
    case MetricType::histogram:
      return "histogram";
  }
  return {};
}

std::string number(double value) {
  std::array<char, 400> text{};  // the longest double has some 350
  const auto [end, error] =
      std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
  return {text.data(), end};
}

MetricFamily::MetricFamily(std::string& out, std::string_view name, MetricType type,
                           std::string_view help)
    : out_{out}, name_{name} {
  out_.append("# HELP ").append(name).append(" ");
  append_escaped(out_, help, false);
  out_.append("\n# TYPE ").append(name).append(" ").append(daemon::name(type)).append("\n");
}

void MetricFamily::add(Labels labels, double value) {
  write("", labels, number(value));
}

void MetricFamily::bucket(Labels labels, double bound, std::uint64_t count) {
  begin("_bucket", labels);
  label("le", number(bound));
  end(std::to_string(count));
}

void MetricFamily::rest_of_histogram(Labels labels, std::uint64_t count, double sum) {
  begin("_bucket", labels);
  label("le", "+Inf");
  end(std::to_string(count));
  write("_sum", labels, number(sum));
  write("_count", labels, std::to_string(count));
}

void MetricFamily::write(std::string_view suffix, Labels labels, std::string_view value) {
  begin(suffix, labels);
  end(value);
}

void MetricFamily::begin(std::string_view suffix, Labels labels) {
  out_.append(name_).append(suffix);
  separator_ = '{';
  for (const auto& [label_name, value] : labels) label(label_name, value);
}

void MetricFamily::label(std::string_view name, std::string_view value) {
  out_ += separator_;
  out_.append(name).append("=\"");
  append_escaped(out_, value, true);
  out_ += '"';
  separator_ = ',';
}

void MetricFamily::end(std::string_view value) {
  if (separator_ == ',') out_ += '}';
  out_.append(" ").append(value).append("\n");
}

}  // namespace redvip::daemon
