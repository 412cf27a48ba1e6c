// What the commands print with: colour where a person looks, sentences for errors.
#pragma once

#include <cstdio>
#include <string>
#include <string_view>

namespace ipcscope {

enum class Paint { Bold, Dim, Green, Red, Yellow };

// Colours for one stream: only on a terminal, and not if NO_COLOR says otherwise (https://no-color.org).
class Painter {
  public:
    explicit Painter(std::FILE* stream);
    std::string operator()(Paint paint, std::string_view text) const;

  private:
    bool is_on_;
};

void print_line(std::string_view line);               // on stdout
int complain(std::string_view sentence, int status);  // "ipcscope: …" on stderr; returns `status`

// `word` for one, `words` for more: "1 goal", "31 goals".
std::string counted(unsigned long long count, std::string_view word);

}  // namespace ipcscope
