// Much inlined template code: what eu-addr2line is asked about every 16th byte of.
#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace heavy {
struct Item {
  std::string name;
  std::vector<int> sizes;
};
class Store {
  std::map<std::string, std::shared_ptr<Item>> items;

public:
  void add(std::string name, std::vector<int> sizes) {
    auto item = std::make_shared<Item>();
    item->name = name;
    item->sizes = std::move(sizes);
    items[name] = std::move(item);
  }
  std::vector<std::shared_ptr<Item>> sorted() const {
    std::vector<std::shared_ptr<Item>> all;
    for (const auto &[name, item] : items) all.push_back(item);
    std::sort(all.begin(), all.end(), [](const auto &a, const auto &b) { return a->sizes > b->sizes; });
    return all;
  }
};
}

int main(int argc, char **argv) {
  heavy::Store store;
  for (int i = 0; i < argc; i++) store.add(argv[i], std::vector<int>(i, argc));
  auto all = store.sorted();
  std::stable_sort(all.begin(), all.end(), [](const auto &a, const auto &b) { return a->name < b->name; });
  return static_cast<int>(all.front()->name.size());
}
