// Runs a fuzz target without libFuzzer: every seed, then so many mutations of them, the same ones
// each time. Usage: fuzz_NAME RUNS SEED-FOLDER
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

using Octets = std::vector<std::uint8_t>;

std::vector<Octets> read_seeds(const std::filesystem::path& folder) {
  std::vector<Octets> seeds;
  for (const auto& entry : std::filesystem::directory_iterator{folder}) {
    std::ifstream file{entry.path(), std::ios::binary};
    seeds.emplace_back(std::istreambuf_iterator<char>{file}, std::istreambuf_iterator<char>{});
  }
  return seeds;
}

class Mutator {
 public:
  void mutate(Octets& input) {
    for (auto changes = 1 + below(8); changes > 0; --changes) change(input);
  }
  std::size_t below(std::size_t end) { return random_() % end; }

 private:
  void change(Octets& input) {
    const auto value = static_cast<std::uint8_t>(below(256));
    const auto at = static_cast<std::ptrdiff_t>(below(input.size() + 1));
    const auto kind = below(8);
    if (kind == 0) {
      input.insert(input.begin() + at, value);
    } else if (at == static_cast<std::ptrdiff_t>(input.size())) {
      input.push_back(value);
    } else if (kind == 1) {
      input.erase(input.begin() + at);
    } else if (kind == 2) {
      input.resize(static_cast<std::size_t>(at));
    } else if (kind == 3) {
      input[static_cast<std::size_t>(at)] ^= static_cast<std::uint8_t>(1U << below(8));
    } else {
      input[static_cast<std::size_t>(at)] = value;
    }
  }

  std::mt19937 random_{1};
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  const auto seeds = read_seeds(argv[2]);
  if (seeds.empty()) {
    std::cerr << "no seeds in " << argv[2] << '\n';
    return 2;
  }
  for (const auto& seed : seeds) LLVMFuzzerTestOneInput(seed.data(), seed.size());
  Mutator mutator;
  const auto runs = std::stoul(argv[1]);
  for (std::size_t run = 0; run < runs; ++run) {
    auto input = seeds[mutator.below(seeds.size())];
    mutator.mutate(input);
    LLVMFuzzerTestOneInput(input.data(), input.size());
  }
  std::cout << runs << " inputs\n";
}
