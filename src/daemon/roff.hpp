// Text as man(7) wants it.
#pragma once

#include <string>
#include <string_view>

namespace redvip::daemon {

class Roff {
 public:
  Roff(std::string_view title, int section, std::string_view date);

  void heading(std::string_view text);     // .SH
  void subheading(std::string_view text);  // .SS
  void prose(std::string_view text);       // a paragraph
  void code(std::string_view lines);       // as it stands, indented
  // An item and what it means. `formatted_tag` is roff already, of bold(), italic() and plain().
  void item(std::string_view formatted_tag, std::string_view text);
  void line(std::string_view formatted, bool broken_after = false);  // roff already

  [[nodiscard]] const std::string& text() const { return text_; }

  [[nodiscard]] static std::string plain(std::string_view text);
  [[nodiscard]] static std::string bold(std::string_view text);    // what is typed as it stands
  [[nodiscard]] static std::string italic(std::string_view text);  // what stands for something

 private:
  void paragraph();
  void filled(std::string_view text);

  std::string text_;
  bool after_heading_ = false;
};

}  // namespace redvip::daemon
