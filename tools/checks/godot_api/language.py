"""What GDScript itself has in Godot 4.4, and what every object has: the extension API tells of neither."""

from __future__ import annotations

from checks.godot_api.reference import MANY, Method

ANNOTATIONS = frozenset(
    {
        "@export",
        "@export_category",
        "@export_color_no_alpha",
        "@export_custom",
        "@export_dir",
        "@export_enum",
        "@export_exp_easing",
        "@export_file",
        "@export_flags",
        "@export_flags_2d_navigation",
        "@export_flags_2d_physics",
        "@export_flags_2d_render",
        "@export_flags_3d_navigation",
        "@export_flags_3d_physics",
        "@export_flags_3d_render",
        "@export_flags_avoidance",
        "@export_global_dir",
        "@export_global_file",
        "@export_group",
        "@export_multiline",
        "@export_node_path",
        "@export_placeholder",
        "@export_range",
        "@export_storage",
        "@export_subgroup",
        "@export_tool_button",
        "@icon",
        "@onready",
        "@rpc",
        "@static_unload",
        "@tool",
        "@warning_ignore",
    }
)

FUNCTIONS = {
    "Color8": Method("Color", 3, 4),
    "assert": Method("void", 1, 2),
    "char": Method("String", 1, 1),
    "convert": Method("Variant", 2, 2),
    "dict_to_inst": Method("Object", 1, 1),
    "get_stack": Method("Array", 0, 0),
    "inst_to_dict": Method("Dictionary", 1, 1),
    "is_instance_of": Method("bool", 2, 2),
    "len": Method("int", 1, 1),
    "load": Method("Resource", 1, 1),
    "preload": Method("Resource", 1, 1),
    "print_debug": Method("void", 0, MANY),
    "print_stack": Method("void", 0, 0),
    "range": Method("Array[int]", 1, 3),
    "type_exists": Method("bool", 1, 1),
}

# Types that are no class: what they give is not known, or nothing.
LOOSE_TYPES = frozenset({"Variant", "void"})

# What every object has besides the methods of Object that the extension API names.
OBJECT_METHODS = {
    "free": Method("void", 0, 0),
    "_init": Method("void", 0, MANY, is_virtual=True),
    "_static_init": Method("void", 0, 0, is_virtual=True),
    "_get": Method("Variant", 1, 1, is_virtual=True),
    "_set": Method("bool", 2, 2, is_virtual=True),
    "_get_property_list": Method("Array[Dictionary]", 0, 0, is_virtual=True),
    "_validate_property": Method("void", 1, 1, is_virtual=True),
    "_property_can_revert": Method("bool", 1, 1, is_virtual=True),
    "_property_get_revert": Method("Variant", 1, 1, is_virtual=True),
    "_notification": Method("void", 1, 1, is_virtual=True),
    "_to_string": Method("String", 0, 0, is_virtual=True),
    "_iter_init": Method("bool", 1, 1, is_virtual=True),
    "_iter_next": Method("bool", 1, 1, is_virtual=True),
    "_iter_get": Method("Variant", 1, 1, is_virtual=True),
}
OBJECT_VALUES = {"script": "Variant"}
