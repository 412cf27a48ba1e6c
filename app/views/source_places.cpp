#include "app/views/source_places.h"

#include <sys/stat.h>

#include <chrono>
#include <fstream>
#include <iterator>
#include <map>

namespace ipcscope {

namespace {

using Clock = std::chrono::steady_clock;
constexpr std::uint64_t max_source_bytes = 1u << 22;

struct Version {
    std::int64_t seconds = 0, nanoseconds = 0, size = -1;
    bool operator==(const Version&) const = default;
};

Version version_of(const std::string& path) {
    struct stat status;
    if (stat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return {};
    return {status.st_mtim.tv_sec, status.st_mtim.tv_nsec, status.st_size};
}

// What was made of a file, made anew when the file is another one.
template <class Value>
struct Kept {
    Version version;
    Clock::time_point looked;
    Value value{};
    bool is_made = false;
};

template <class Value, class Make>
const Value& kept(std::map<std::string, Kept<Value>>& cache, const std::string& path, Make make) {
    Kept<Value>& entry = cache[path];
    const Clock::time_point now = Clock::now();
    if (entry.is_made && now - entry.looked < std::chrono::seconds(1)) return entry.value;
    entry.looked = now;
    const Version version = version_of(path);
    if (!entry.is_made || version != entry.version) entry.value = make(path, version);
    entry.version = version;
    entry.is_made = true;
    return entry.value;
}

std::shared_ptr<const SourceMap> open_map(const std::string& program, const Version& version) {
    if (version.size < 0) return nullptr;
    Result<SourceMap> map = SourceMap::open(program);
    return map ? std::make_shared<const SourceMap>(std::move(*map)) : nullptr;
}

std::shared_ptr<const SourceText> read_file(const std::string& path, const Version& version) {
    if (version.size < 0 || static_cast<std::uint64_t>(version.size) > max_source_bytes) return nullptr;
    std::ifstream file(path, std::ios::binary);
    if (!file) return nullptr;
    const std::string bytes{std::istreambuf_iterator<char>(file), {}};
    return std::make_shared<const SourceText>(read_source(bytes));
}

}  // namespace

std::optional<SourcePlace> place_of_thread(const Model& model, const Thread& thread) {
    static std::map<std::string, Kept<std::shared_ptr<const SourceMap>>> maps;
    const Process* process = model.process(thread.process);
    if (!process || thread.site == 0 || process->program.empty()) return std::nullopt;
    const std::shared_ptr<const SourceMap>& map = kept(maps, process->program, open_map);
    return map ? map->place_of_call(thread.site) : std::nullopt;
}

std::shared_ptr<const SourceText> source_text(const std::string& path) {
    static std::map<std::string, Kept<std::shared_ptr<const SourceText>>> texts;
    return kept(texts, path, read_file);
}

std::string file_name(const std::string& path) { return path.substr(path.find_last_of('/') + 1); }

}  // namespace ipcscope
