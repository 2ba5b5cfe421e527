// The situations in which the documents run their commands, by the words of their comments.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "docs/stage.hpp"

namespace redvip::docs {

struct Scene {
  std::string name;
  std::function<std::unique_ptr<Stage>()> set;
};

inline constexpr const char* usual_scene = "a running pair";

[[nodiscard]] const std::vector<Scene>& scenes();
[[nodiscard]] const Scene* find_scene(const std::string& name);  // nullptr: none

}  // namespace redvip::docs
