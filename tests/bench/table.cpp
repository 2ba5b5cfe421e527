#include "bench/table.hpp"

#include <algorithm>
#include <boost/json.hpp>

namespace redvip::bench {
namespace {

namespace json = boost::json;

void pad(std::string& out, const std::string& word, std::size_t width, bool to_the_left) {
  const std::string blanks(width - std::min(width, word.size()), ' ');
  out += to_the_left ? word + blanks : blanks + word;
}

std::vector<std::size_t> widths(const Table& table) {
  std::vector<std::size_t> wide;
  for (const auto& column : table.columns) wide.push_back(column.size());
  for (const auto& row : table.rows) {
    for (std::size_t i = 0; i < row.size(); ++i) wide[i] = std::max(wide[i], row[i].size());
  }
  return wide;
}

std::vector<std::string> words_of(const json::value& value) {
  std::vector<std::string> words;
  for (const auto& word : value.as_array()) words.emplace_back(word.as_string());
  return words;
}

// Words are put to the left, numbers to the right.
bool is_words(const Table& table, std::size_t column) {
  return std::any_of(table.rows.begin(), table.rows.end(), [&](const auto& row) {
    const std::string& word = row[column];
    return !word.empty() && word != "-" && word != "never" && word.rfind("n/a", 0) != 0 &&
           (word[0] < '0' || word[0] > '9');
  });
}

}  // namespace

std::string to_terminal(const Table& table) {
  const auto wide = widths(table);
  std::string out = "\n" + table.title + "\n\n";
  const auto line = [&](const std::vector<std::string>& row) {
    std::string text;
    for (std::size_t i = 0; i < row.size(); ++i) {
      pad(text, row[i], wide[i], is_words(table, i));
      text += "  ";
    }
    out += text.substr(0, text.find_last_not_of(' ') + 1) + "\n";
  };
  line(table.columns);
  for (const auto& row : table.rows) line(row);
  if (!table.note.empty()) out += "\n" + table.note + "\n";
  return out;
}

std::string to_markdown(const Table& table) {
  std::string out = "## " + table.title + "\n\n";
  const auto line = [&](const std::vector<std::string>& row) {
    out += "|";
    for (const auto& word : row) out += " " + word + " |";
    out += "\n";
  };
  line(table.columns);
  out += "|";
  for (std::size_t i = 0; i < table.columns.size(); ++i)
    out += is_words(table, i) ? "---|" : "--:|";
  out += "\n";
  for (const auto& row : table.rows) line(row);
  if (!table.note.empty()) out += "\n" + table.note + "\n";
  return out + "\n";
}

std::string escaped(const std::string& text) {
  std::string out;
  for (const char character : text) {
    if (character == '&')
      out += "&amp;";
    else if (character == '<')
      out += "&lt;";
    else if (character == '>')
      out += "&gt;";
    else
      out += character;
  }
  return out;
}

std::string to_html(const Table& table) {
  std::string out = table.title.empty() ? "" : "<h3>" + escaped(table.title) + "</h3>\n";
  out += "<div class=\"wide\"><table>\n<tr>";
  for (const auto& column : table.columns) out += "<th>" + escaped(column) + "</th>";
  out += "</tr>\n";
  for (const auto& row : table.rows) {
    out += "<tr>";
    for (std::size_t i = 0; i < row.size(); ++i) {
      out += is_words(table, i) ? "<td>" : "<td class=\"n\">";
      out += escaped(row[i]) + "</td>";
    }
    out += "</tr>\n";
  }
  out += "</table></div>\n";
  return out + (table.note.empty() ? "" : "<p>" + escaped(table.note) + "</p>\n");
}

json::object to_object(const Table& table) {
  return {{"title", table.title},
          {"note", table.note},
          {"columns", json::value_from(table.columns)},
          {"rows", json::value_from(table.rows)}};
}

Table table_from(const json::object& object) {
  Table table{std::string{object.at("title").as_string()},
              std::string{object.at("note").as_string()},
              words_of(object.at("columns")),
              {}};
  for (const auto& row : object.at("rows").as_array()) table.rows.push_back(words_of(row));
  return table;
}

}  // namespace redvip::bench
