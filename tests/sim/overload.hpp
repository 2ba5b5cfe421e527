#pragma once

namespace redvip::sim {

// std::visit with one lambda for each alternative; one that is missing does not compile.
template <class... F>
struct Overload : F... {
  using F::operator()...;
};
template <class... F>
Overload(F...) -> Overload<F...>;

}  // namespace redvip::sim
