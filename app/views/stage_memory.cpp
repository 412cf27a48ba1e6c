// Memory: what lies in it as bytes and as the lesson's names read them, side by side, and where each process has mapped it.
#include <algorithm>
#include <cinttypes>
#include <cstdio>

#include "app/views/stage_object.h"
#include "app/views/words.h"

namespace ipcscope {

namespace {

constexpr std::size_t most_fields = 4, most_windows = 3;
constexpr std::size_t bytes_in_row = 8;
constexpr float line = 22;

std::vector<std::pair<const Process*, const Mapping*>> windows_of(const Model& model, ObjectId object) {
    std::vector<std::pair<const Process*, const Mapping*>> windows;
    for (const Process& process : model.processes())
        for (const Mapping& mapping : process.mappings)
            if (mapping.object == object) windows.emplace_back(&process, &mapping);
    return windows;
}

// What is shown of an object whose places have no names.
std::vector<MemoryField> fields_to_show(const Model& model) {
    if (!model.fields().empty()) return {model.fields().begin(), model.fields().begin() + static_cast<std::ptrdiff_t>(std::min(model.fields().size(), most_fields))};
    return {{FieldType::Char, "", 0, bytes_in_row, {}}, {FieldType::Char, "", bytes_in_row, bytes_in_row, {}}};
}

class MemoryBody {
 public:
    explicit MemoryBody(ObjectPainter& painter)
        : painter_(painter), theme_(painter.theme()), object_(painter.object()), model_(painter.model()) {}

    void draw() {
        painter_.draw_title(object_.name, life());
        painter_.skip(2);
        const std::vector<MemoryField> fields = fields_to_show(model_);
        for (const MemoryField& field : fields) draw_field(painter_.take(line), field, fields);
        painter_.skip(2);
        if (object_.segment && !painter_.scene().is_faded) draw_names(painter_.take(line - 4));
        draw_windows();
    }

 private:
    // Its size, or where it stands in its life.
    std::string life() const {
        if (painter_.scene().is_faded) return "gone";
        const std::string size = object_.file_size ? bytes_text(static_cast<std::uint64_t>(std::max<std::int64_t>(*object_.file_size, 0))) : "";
        const bool has_lost_its_name = object_.is_unlinked && !object_.path.empty();
        return has_lost_its_name ? joined({object_.segment ? "to be removed · " : "no name left · ", size}) : size;
    }

    bool is_changed(const MemoryField& field) const {
        const KnownBytes& bytes = *object_.bytes;
        if (bytes.changed == no_id || bytes.changed < model_.step_began()) return false;
        return part(bytes.now, field) != part(bytes.before, field);
    }

    static std::string_view part(std::string_view bytes, const MemoryField& field) {
        return field.offset < bytes.size() ? bytes.substr(field.offset, size_of(field)) : std::string_view{};
    }

    // name | bytes | value; a changed one is marked.
    void draw_field(const Rect& row, const MemoryField& field, const std::vector<MemoryField>& all) const {
        const ImFont* const font = theme_.fonts.mono;
        float names = 0;
        for (const MemoryField& other : all) names = std::max(names, text_width(font, label_of(other)));
        const bool is_known = object_.bytes && field.offset + size_of(field) <= object_.bytes->now.size();
        const bool is_new = is_known && is_changed(field);
        const float px = painter_.px(1);
        if (is_new) painter_.list()->AddRectFilled({row.min.x - 4 * px, row.min.y + px}, {row.max.x + 4 * px, row.max.y - px}, theme_.ink(Ink::Object, 0.22f), 4 * px);
        draw_text_in(painter_.list(), font, row, Align::Left, theme_.ink(Ink::TextDim), label_of(field));
        const float left = row.min.x + names + 12 * px;
        const std::string guard = guard_of(field);
        if (!is_known) {
            draw_text_in(painter_.list(), theme_.fonts.small, {{left, row.min.y}, row.max}, Align::Left, painter_.dim(), object_.file_size == 0 ? "no bytes yet" : "not read yet");
            return;
        }
        const std::string value = *text_of_field(field, object_.bytes->now);
        const float value_width = std::min(text_width(font, value), row.width() * 0.5f);
        draw_text_in(painter_.list(), font, row, Align::Right, theme_.ink(is_new ? Ink::Text : Ink::Text), fitted(font, value, row.width() * 0.5f));
        const bool is_long = size_of(field) > bytes_in_row;
        const std::string hex = hex_of_bytes(object_.bytes->now, field.offset, std::min<std::size_t>(size_of(field), bytes_in_row)) + (is_long ? " …" : "");
        const float room = row.max.x - value_width - 12 * px - left;
        if (!guard.empty()) return draw_guard({{left, row.min.y}, {left + room, row.max.y}}, guard);
        if (room > text_width(theme_.fonts.small, "00 …"))
            draw_text_in(painter_.list(), theme_.fonts.small, {{left, row.min.y}, {left + room, row.max.y}}, Align::Left, painter_.dim(), fitted(theme_.fonts.small, hex, room));
    }

    static std::string label_of(const MemoryField& field) { return field.name.empty() ? joined({"+", std::to_string(field.offset)}) : field.name; }

    // A System V segment is not a path's: "id 0 · key 0x1234 · nattch 2"
    void draw_names(const Rect& row) const {
        const SegmentState& segment = *object_.segment;
        const std::string key = segment.key == 0 ? "no key" : joined({"key ", text_of_flags(Role::Key, segment.key)});
        const std::string text = joined({"id ", std::to_string(segment.id), " · ", key, " · nattch ", std::to_string(attachments(model_, object_.id))});
        draw_text_in(painter_.list(), theme_.fonts.small, row, Align::Left, painter_.dim(), fitted(theme_.fonts.small, text, row.width()));
    }

    // The lock that one is to have before touching it, in its owner's colour.
    std::string guard_of(const MemoryField& field) const {
        const auto is_guard = [&](const Object& lock) { return lock.name == field.guard && lock.in_memory && lock.in_memory->object == object_.id && !lock.has_ended; };
        return !field.guard.empty() && std::ranges::any_of(model_.objects(), is_guard) ? field.guard : "";
    }

    void draw_guard(const Rect& room, const std::string& guard) const {
        const auto lock = std::ranges::find(model_.objects(), guard, &Object::name);
        const ImU32 ink = lock->holds.empty() ? painter_.dim() : painter_.frame().tint(lock->holds.front().process);
        const std::string text = joined({"guarded by ", guard});
        draw_text_in(painter_.list(), theme_.fonts.small, room, Align::Left, ink, fitted(theme_.fonts.small, text_width(theme_.fonts.small, text) <= room.width() ? text : guard, room.width()));
    }

    void draw_windows() {
        const auto windows = windows_of(model_, object_.id);
        for (std::size_t i = 0; i < std::min(windows.size(), most_windows); ++i) {
            const Rect row = painter_.take(line - 4);
            if (i + 1 == most_windows && windows.size() > most_windows) {
                draw_text_in(painter_.list(), theme_.fonts.small, row, Align::Left, painter_.dim(), joined({"mapped by ", std::to_string(windows.size() - i), " more"}));
                return;
            }
            const auto& [process, mapping] = windows[i];
            char address[32];
            std::snprintf(address, sizeof address, "%" PRIx64, mapping->address);
            draw_text_in(painter_.list(), theme_.fonts.small, row, Align::Left, painter_.frame().tint(process->id), process->name);
            // Of an address that does not fit, the end tells two windows apart.
            const float name = text_width(theme_.fonts.small, process->name) + painter_.px(8);
            const std::string where = joined({"at ", address, mapping->offset == 0 ? "" : joined({" from ", std::to_string(mapping->offset)})});
            draw_text_in(painter_.list(), theme_.fonts.small, row, Align::Right, painter_.dim(), fitted(theme_.fonts.small, where, row.width() - name, true));
        }
        if (windows.empty()) draw_text_in(painter_.list(), theme_.fonts.small, painter_.take(line - 4), Align::Left, painter_.dim(), "nobody has it mapped");
    }

    ObjectPainter& painter_;
    const Theme& theme_;
    const Object& object_;
    const Model& model_;
};

}  // namespace

float memory_height(const Model& model, const SceneObject& object, bool) {
    const std::size_t windows = std::clamp<std::size_t>(windows_of(model, object.id).size(), 1, most_windows);
    const std::size_t names = model.objects()[object.id].segment ? 1 : 0;
    return 18 + 22 + 4 + line * static_cast<float>(fields_to_show(model).size()) + (line - 4) * static_cast<float>(windows + names);
}

void draw_memory_body(ObjectPainter& painter) { MemoryBody(painter).draw(); }

}  // namespace ipcscope
