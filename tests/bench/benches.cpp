#include "bench/benches.hpp"

#include <iostream>

#include "bench/json.hpp"

namespace redvip::bench {

namespace json = boost::json;

void write_bench(const BenchOptions& options, const std::string& name,
                 const std::vector<Table>& tables, const std::vector<Goal>& goals,
                 json::array raw) {
  json::object file = file_head(name, options.command);
  json::array list;
  for (const Table& table : tables) list.push_back(to_object(table));
  file["tables"] = std::move(list);
  file["goals"] = to_array(goals);
  file["raw"] = std::move(raw);
  write_json(options.out / (name + ".json"), file);
  for (const Table& table : tables) std::cout << to_terminal(table);
  if (!goals.empty()) std::cout << to_terminal(goals_table(goals));
}

}  // namespace redvip::bench
