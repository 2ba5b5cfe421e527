#include "daemon/import/diagnosis.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <tuple>
#include <utility>

namespace redvip::keepalived {
namespace {

constexpr std::array<const char*, 5> kind_names{"mapped", "done by redvip", "dropped", "mistake",
                                                "error"};

const char* name_of(Kind kind) {
  return kind_names.at(static_cast<std::size_t>(kind));
}

bool says_the_same(const Remark& a, const Remark& b) {
  return a.kind == b.kind && a.text == b.text && a.cure == b.cure;
}

struct Gathered {
  Remark remark;
  std::vector<Place> also;
};

std::vector<Remark> in_order(std::vector<Remark> remarks) {
  std::ranges::stable_sort(remarks, {}, [](const Remark& remark) {
    return std::tuple{remark.kind, std::string_view{remark.at.file}, remark.at.line};
  });
  return remarks;
}

std::vector<Gathered> without_repetition(const std::vector<Remark>& remarks) {
  std::vector<Gathered> said;
  for (const auto& remark : remarks) {
    const auto same = std::ranges::find_if(
        said, [&](const Gathered& earlier) { return says_the_same(earlier.remark, remark); });
    if (same == said.end()) {
      said.push_back({remark, {}});
    } else if (!(same->remark.at == remark.at) &&
               std::ranges::find(same->also, remark.at) == same->also.end()) {
      same->also.push_back(remark.at);
    }
  }
  return said;
}

std::string printable(std::string text) {
  std::ranges::replace_if(
      text, [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; }, '?');
  return text;
}

std::string line_of(const Gathered& said) {
  const auto& remark = said.remark;
  std::string line = remark.at.text() + ": " + name_of(remark.kind) + ": " + remark.text;
  for (std::size_t i = 0; i < said.also.size(); ++i) {
    line += (i == 0 ? " (also " : ", ") + said.also[i].text();
  }
  if (!said.also.empty()) line += ')';
  if (!remark.cure.empty()) line += " - " + remark.cure;
  return printable(line);
}

}  // namespace

std::string Place::text() const {
  return line == 0 ? file : file + ':' + std::to_string(line);
}

void Diagnosis::mapped(const Place& at, std::string text, std::string cure) {
  remarks_.push_back({Kind::mapped, at, std::move(text), std::move(cure)});
}

void Diagnosis::ours(const Place& at, std::string text, std::string cure) {
  remarks_.push_back({Kind::ours, at, std::move(text), std::move(cure)});
}

void Diagnosis::dropped(const Place& at, std::string text, std::string cure) {
  remarks_.push_back({Kind::dropped, at, std::move(text), std::move(cure)});
}

void Diagnosis::mistake(const Place& at, std::string text, std::string cure) {
  remarks_.push_back({Kind::mistake, at, std::move(text), std::move(cure)});
}

void Diagnosis::error(const Place& at, std::string text, std::string cure) {
  remarks_.push_back({Kind::error, at, std::move(text), std::move(cure)});
}

bool Diagnosis::refused() const {
  return std::ranges::any_of(remarks_,
                             [](const Remark& remark) { return remark.kind == Kind::error; });
}

std::vector<std::string> Diagnosis::lines() const {
  std::vector<std::string> lines;
  for (const auto& said : without_repetition(in_order(remarks_))) lines.push_back(line_of(said));
  return lines;
}

std::string Diagnosis::summary() const {
  std::array<int, kind_names.size()> counts{};
  for (const auto& said : without_repetition(remarks_)) {
    ++counts.at(static_cast<std::size_t>(said.remark.kind));
  }
  std::string text;
  for (std::size_t kind = 0; kind < counts.size(); ++kind) {
    text += (kind == 0 ? "" : ", ") + std::to_string(counts.at(kind)) + ' ' + kind_names.at(kind);
    if (static_cast<Kind>(kind) >= Kind::mistake && counts.at(kind) != 1) text += 's';
  }
  return text;
}

}  // namespace redvip::keepalived
