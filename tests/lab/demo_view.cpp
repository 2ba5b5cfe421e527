#include "lab/demo_view.hpp"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <array>
#include <iostream>

namespace redvip::lab {
namespace {

constexpr std::size_t column = 40;  // of one node
constexpr std::size_t cells = 76;
constexpr std::chrono::milliseconds cell_width{50};

constexpr const char* red = "\x1b[31m";
constexpr const char* green = "\x1b[32m";
constexpr const char* yellow = "\x1b[33m";
constexpr const char* cyan = "\x1b[36m";
constexpr const char* bold = "\x1b[1m";
constexpr const char* faint = "\x1b[2m";

std::string paint(const char* colour, const std::string& text) {
  return colour + text + "\x1b[0m";
}

const char* colour_of(const std::string& state) {
  if (state == "serving") return green;
  if (state == "standby") return cyan;
  return state == "fault" ? red : yellow;
}

std::string cell(const std::string& text) {
  return fmt::format("{:<{}}", text.substr(0, column - 2), column);
}

std::string redis_line(const Redis& redis) {
  const auto role = redis.role();
  if (!role) return paint(red, cell("  Redis does not answer"));
  if (role->master) return cell(fmt::format("  Redis master, offset {}", role->offset));
  if (!role->connected) return paint(yellow, cell("  Redis replica, no link to a master"));
  return cell(fmt::format("  Redis replica, offset {}", role->offset));
}

std::vector<std::string> panel(const Node& node) {
  const std::string state = node.status().state;
  const std::string head = fmt::format("{}  {:<11}{}", node.host.name, node.host.address,
                                       state.empty() ? "not started" : state);
  const std::string vip = node.holds_vip() ? std::string{"  holds "} + virtual_ip : "";
  return {paint(colour_of(state), cell(head)), paint(bold, cell(vip)), redis_line(node.redis)};
}

// One character for each 50 ms: its height is the number of acknowledged writes, a red cross none.
std::string timeline(const Writer& writer) {
  static constexpr std::array<const char*, 8> bars{"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  const auto counts = writer.timeline(cells, cell_width);
  const std::size_t top = std::max<std::size_t>(1, *std::max_element(counts.begin(), counts.end()));
  std::string line = green;
  for (const std::size_t count : counts) {
    line += count == 0 ? paint(red, "×") + green : bars[(count * bars.size() - 1) / top];
  }
  return line + "\x1b[0m";
}

std::string clock(Clock::duration elapsed) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(elapsed).count();
  return fmt::format("{:02}:{:02}", seconds / 60, seconds % 60);
}

// Short enough for 80 columns: a line that wraps would break the redrawing.
std::string sentence(const DemoResult& result) {
  return fmt::format("{}: {} serves, gap {:.1f} ms, {} writes lost", result.fault, result.serves,
                     result.gap_ms, result.lost);
}

}  // namespace

DemoView::DemoView(const Lab& lab, bool terminal) : lab_{lab}, terminal_{terminal} {
  if (terminal_) std::cout << "\x1b[?25l";
}

DemoView::~DemoView() {
  if (terminal_) std::cout << "\x1b[?25h" << std::flush;
}

void DemoView::say(const std::string& line) {
  now_ = line;
  if (!terminal_) std::cout << clock(Clock::now() - started_) << "  " << line << std::endl;
}

void DemoView::conclude(const DemoResult& result) {
  results_.push_back(result);
  if (!terminal_) say(sentence(result));
}

void DemoView::draw() {
  if (!terminal_) return;
  const auto lines = picture();
  std::string frame = drawn_lines_ == 0 ? "" : fmt::format("\x1b[{}A\r", drawn_lines_);
  for (const std::string& line : lines) frame += line + "\x1b[K\n";
  std::cout << frame << std::flush;
  drawn_lines_ = lines.size();
}

std::vector<std::string> DemoView::picture() const {
  std::vector<std::string> lines{
      "",
      paint(bold, fmt::format(" {}  one Redis service at {}, two hosts, one client",
                              clock(Clock::now() - started_), virtual_ip)),
      ""};
  const auto left = panel(lab_.a);
  const auto right = panel(lab_.b);
  for (std::size_t i = 0; i < left.size(); ++i) lines.push_back(" " + left[i] + right[i]);
  lines.emplace_back();
  if (lab_.writer) {
    lines.push_back(fmt::format(" client: {} writes acknowledged, one at a time through {}",
                                lab_.writer->acknowledged(), virtual_ip));
    lines.push_back(fmt::format(" {}", timeline(*lab_.writer)));
    lines.push_back(paint(faint, " one character is 50 ms; a red cross: no write got through"));
  } else {
    lines.insert(lines.end(), 3, "");
  }
  lines.insert(lines.end(), {"", paint(bold, " now: ") + now_, ""});
  constexpr std::size_t acts = 3;
  for (std::size_t i = 0; i < acts; ++i) {
    lines.push_back(i < results_.size() ? paint(green, " ✓ ") + sentence(results_[i]) : "");
  }
  return lines;
}

void DemoView::print_table() const {
  std::cout << fmt::format("\n {:<30}{:>14}{:>9}{:>6}   {}\n", "fault", "longest gap", "writes",
                           "lost", "who serves");
  for (const DemoResult& r : results_) {
    std::cout << fmt::format(" {:<30}{:>11.1f} ms{:>9}{:>6}   {}\n", r.fault, r.gap_ms,
                             r.acknowledged, r.lost, r.serves);
  }
  std::cout << std::flush;
}

}  // namespace redvip::lab
