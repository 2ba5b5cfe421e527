#include "bench/svg.hpp"

#include <spdlog/fmt/fmt.h>

#include <algorithm>

namespace redvip::bench {
namespace {

constexpr double picture_width = 1000;
constexpr double left = 190;   // the systems' names
constexpr double right = 215;  // what came of it
constexpr double bar = 16;
constexpr double row_height = 30;
constexpr double axis = 26;
constexpr double title_height = 26;
constexpr double legend_height = 30;
constexpr Ms before = 1000;  // shown of the time before the fault

constexpr const char* defs = R"svg(<defs>
<pattern id="lost" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
<rect width="6" height="6" fill="#E69F00"/><rect width="2.4" height="6" fill="#000"/></pattern>
<pattern id="saved" width="5" height="5" patternUnits="userSpaceOnUse">
<rect width="5" height="5" fill="#fff"/><rect width="5" height="2.5" fill="#009E73"/></pattern>
</defs>
)svg";

std::string text(double x, double y, const std::string& words, const std::string& more = "") {
  return fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\"{}>{}</text>\n", x, y, more, words);
}

std::string rect(double x, double y, double w, double h, const std::string& fill) {
  return fmt::format(
      "<rect x=\"{:.2f}\" y=\"{:.1f}\" width=\"{:.2f}\" height=\"{:.1f}\" fill=\"{}\"/>\n", x, y, w,
      h, fill);
}

// From milliseconds to places.
struct Scale {
  Ms end;
  [[nodiscard]] double x(Ms time) const {
    const double share = (std::clamp(time, -before, end) + before) / (end + before);
    return left + share * (picture_width - left - right);
  }
};

std::string bars(const Scale& scale, const std::vector<Span>& spans, double y, double height,
                 const std::string& fill) {
  constexpr double visible = 1;
  std::string out;
  for (const Span& span : spans) {
    if (span.to < -before || span.from > scale.end) continue;
    const double from = scale.x(span.from);
    out += rect(from, y, std::max(visible, scale.x(span.to) - from), height, fill);
  }
  return out;
}

std::string outcome(const Cell& cell) {
  std::string words = duration_text(cell.longest.median);
  if (cell.lost.median > 0) words += ", " + grouped(cell.lost.median) + " lost";
  if (cell.saved.median > 0) words += ", " + grouped(cell.saved.median) + " kept aside";
  return words;
}

std::string lane_svg(const Scale& scale, const Lane& lane, Ms ended, double y) {
  return rect(scale.x(-before), y, scale.x(ended) - scale.x(-before), bar, "#ececec") +
         bars(scale, lane.acknowledged, y, bar, "#0072B2") +
         bars(scale, lane.saved, y, bar, "url(#saved)") +
         bars(scale, lane.lost, y, bar, "url(#lost)") +
         bars(scale, lane.failed, y + bar + 1, 4, "#D55E00");
}

// One system: a row for each of its clients.
std::string system_svg(const Scale& scale, const SystemText& system, const Cell& cell, double& y) {
  std::string out = text(left - 8, y + bar - 3.5, system.title, " text-anchor=\"end\"");
  if (cell.typical == nullptr) {
    out += text(left, y + bar - 3.5, "no result", " fill=\"#555\"");
    y += row_height;
    return out;
  }
  out += text(picture_width - right + 8, y + bar - 3.5, outcome(cell), " font-weight=\"bold\"");
  for (const Lane& lane : cell.typical->lanes) {
    if (&lane != &cell.typical->lanes.front()) {
      out += text(left - 8, y + bar - 3.5, lane.client, " text-anchor=\"end\" fill=\"#555\"");
    }
    out += lane_svg(scale, lane, cell.typical->ended, y);
    y += row_height;
  }
  const double healed = scale.x(cell.typical->healed);
  out += fmt::format("<path d=\"M{:.1f} {:.1f} l-4 7 h8 z\" fill=\"#000\"/>\n", healed,
                     y - row_height + bar + 1);
  return out;
}

double step_of(Ms end) {
  for (const Ms step : {500.0, 1000.0, 2000.0, 5000.0}) {
    if (end / step <= 12) return step;
  }
  return 10'000;
}

std::string axis_svg(const Scale& scale, double top, double y) {
  std::string out;
  const Ms step = step_of(scale.end);
  for (Ms at = 0; at <= scale.end; at += step) {
    out += fmt::format("<path d=\"M{0:.1f} {1:.1f} v4\" stroke=\"#555\"/>\n", scale.x(at), y - 6);
    out += text(scale.x(at), y + 10, at == 0 ? "fault" : fmt::format("{:g} s", at / 1000),
                " text-anchor=\"middle\" fill=\"#555\" font-size=\"11\"");
  }
  out +=
      fmt::format("<path d=\"M{:.1f} {:.1f} V{:.1f}\" stroke=\"#000\" stroke-dasharray=\"3 2\"/>\n",
                  scale.x(0), top - 2, y - 4);
  return out;
}

// So far that the longest outage ends within, and what follows is seen; no further than that of a
// system that takes a minute.
Ms end_of(const Results& results, const std::string& fault) {
  Ms end = 3000;
  for (const SystemText& system : results.systems) {
    const Cell cell = results.cell(system.id, fault);
    if (cell.typical == nullptr) continue;
    end = std::max({end, cell.typical->longest + 2500, cell.typical->healed + 3000});
  }
  return std::min(end, 40'000.0);
}

std::string panel(const Results& results, const std::string& fault, double& y) {
  const Scale scale{end_of(results, fault)};
  const double top = y;
  std::string out;
  for (const SystemText& system : results.systems) {
    out += system_svg(scale, system, results.cell(system.id, fault), y);
  }
  out += axis_svg(scale, top, y);
  y += axis;
  return out;
}

std::string legend(double y) {
  struct Entry {
    const char* fill;
    const char* words;
    double height;
  };
  std::string out;
  double x = 10;
  for (const Entry& entry :
       {Entry{"#0072B2", "acknowledged", bar}, Entry{"#ececec", "no write acknowledged", bar},
        Entry{"url(#lost)", "acknowledged, lost later", bar},
        Entry{"url(#saved)", "kept aside for the operator", bar},
        Entry{"#D55E00", "failed attempts", 4}}) {
    out += rect(x, y + bar - entry.height, 26, entry.height, entry.fill);
    out += text(x + 32, y + bar - 3.5, entry.words);
    x += 50 + 6.4 * static_cast<double>(std::string{entry.words}.size());
  }
  out += fmt::format("<path d=\"M{:.1f} {:.1f} l-4 7 h8 z\" fill=\"#000\"/>\n", x, y + 5);
  return out + text(x + 10, y + bar - 3.5, "repaired");
}

std::string svg(double height, const std::string& content) {
  return fmt::format(
             "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0:.0f} {1:.0f}\" "
             "width=\"{0:.0f}\" height=\"{1:.0f}\" font-family=\"Helvetica, Arial, sans-serif\" "
             "font-size=\"13\" role=\"img\">\n",
             picture_width, height) +
         defs + rect(0, 0, picture_width, height, "#fff") + content + "</svg>\n";
}

}  // namespace

std::string legend_svg() {
  return svg(legend_height, legend(6));
}

std::string timeline_svg(const Results& results, const std::string& fault) {
  double y = 6;
  const std::string content = panel(results, fault, y);
  return svg(y, content);
}

std::string timelines_svg(const Results& results, const std::vector<std::string>& faults) {
  double y = 8;
  std::string content = legend(y);
  y += legend_height;
  for (const std::string& id : faults) {
    const FaultText* fault = results.fault(id);
    if (fault == nullptr) continue;
    content += text(10, y + 16, fault->title, " font-weight=\"bold\" font-size=\"15\"");
    y += title_height;
    content += panel(results, id, y);
  }
  return svg(y, content);
}

}  // namespace redvip::bench
