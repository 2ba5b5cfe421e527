// A document's console blocks, carried out on its scenes.
#pragma once

#include <string>
#include <vector>

#include "docs/markdown.hpp"
#include "docs/stage.hpp"

namespace redvip::docs {

struct Difference {
  const Block* block = nullptr;
  Step step;
  std::vector<std::string> printed;
  std::string trouble;  // the scene could not be set; empty: the output differs

  [[nodiscard]] std::string text() const;
};

// A block that names a scene begins it anew; one that does not goes on where the last one ended,
// the first one of a document in a running pair.
[[nodiscard]] std::vector<Difference> rehearse(const Document& document);

// Puts what was printed where the document says something else.
void correct(const Document& document, const std::vector<Difference>& differences);

}  // namespace redvip::docs
