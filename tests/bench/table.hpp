// A table of words, for the terminal, for Markdown, for HTML and for the JSON that the report
// reads.
#pragma once

#include <boost/json/fwd.hpp>
#include <string>
#include <vector>

namespace redvip::bench {

struct Table {
  std::string title;
  std::string note{};  // below it; empty: none
  std::vector<std::string> columns{};
  std::vector<std::vector<std::string>> rows{};  // as many words as there are columns
};

[[nodiscard]] std::string to_terminal(const Table& table);
[[nodiscard]] std::string to_markdown(const Table& table);
[[nodiscard]] std::string to_html(const Table& table);
[[nodiscard]] boost::json::object to_object(const Table& table);
[[nodiscard]] Table table_from(const boost::json::object& object);  // throws

// With & < > as HTML wants them.
[[nodiscard]] std::string escaped(const std::string& text);

}  // namespace redvip::bench
