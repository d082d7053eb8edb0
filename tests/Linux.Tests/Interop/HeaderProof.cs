using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using HaLvs.Linux.Interop;

namespace HaLvs.Linux.Tests.Interop;

/// <summary>Writes the C program whose compilation proves every struct and constant of the namespace Interop against the installed headers.</summary>
internal static class HeaderProof
{
    private const BindingFlags AllFields = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;

    private static readonly string[] Headers =
    [
        "errno.h", "fcntl.h", "sys/stat.h", "poll.h", "sys/eventfd.h", "time.h", "sys/time.h", "sched.h", "sys/mman.h", "sys/socket.h", "sys/ioctl.h",
        "netinet/in.h", "linux/if.h", "linux/if_tun.h", "linux/if_packet.h", "linux/if_ether.h", "linux/if_arp.h", "linux/icmp.h", "linux/icmpv6.h",
        "linux/netlink.h", "linux/rtnetlink.h", "linux/if_link.h", "linux/if_addr.h", "linux/neighbour.h", "linux/fib_rules.h", "linux/bpf.h",
        "linux/pkt_sched.h", "linux/sockios.h", "linux/ethtool.h", "nat.h",
    ];

    /// <summary>A build package that a machine which only runs the tests may lack.</summary>
    private const string LibBpfHeader = "bpf/libbpf.h";

    /// <summary>Macros younger than the headers of the oldest supported distribution: proven where they are defined.</summary>
    private static readonly string[] MayBeMissing = ["TUN_F_USO4", "TUN_F_USO6"];

    public static IEnumerable<Type> InteropTypes => typeof(LinuxException).Assembly.GetTypes()
        .Where(t => t.Namespace == typeof(KernelStructAttribute).Namespace && !t.IsNested && !t.Name.StartsWith('<'))
        .Concat(Elsewhere);

    /// <summary>Structs outside the namespace that name their C type: public ones, and those that only tests need.</summary>
    private static IEnumerable<Type> Elsewhere => typeof(LinuxException).Assembly.GetTypes().Concat(typeof(HeaderProof).Assembly.GetTypes())
        .Where(t => t.Namespace != typeof(KernelStructAttribute).Namespace && t.GetCustomAttribute<KernelStructAttribute>() is not null);

    public static IEnumerable<Type> Structs => InteropTypes.Where(t => t is { IsValueType: true, IsEnum: false });

    public static IEnumerable<FieldInfo> Constants => InteropTypes.Where(t => t is { IsClass: true, IsAbstract: true } && t != typeof(Libc) && t != typeof(LibBpf))
        .SelectMany(t => t.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic)).Where(f => f.IsLiteral);

    public static string Program()
    {
        StringBuilder text = new("#define _GNU_SOURCE\n#include <stddef.h>\n");
        foreach (string header in Headers)
            text.Append(CultureInfo.InvariantCulture, $"#include <{header}>\n");
        text.Append(CultureInfo.InvariantCulture, $"#if __has_include(<{LibBpfHeader}>)\n#include <{LibBpfHeader}>\n#endif\n");
        foreach (Type type in Structs)
            AppendStruct(text, type);
        foreach (FieldInfo constant in Constants)
            AppendConstant(text, constant);
        return text.Append("int main(void) { return 0; }\n").ToString();
    }

    private static void AppendStruct(StringBuilder text, Type type)
    {
        KernelStructAttribute kernel = type.GetCustomAttribute<KernelStructAttribute>()!;
        string c = kernel.CType;
        if (kernel.Header is { } needed)
            text.Append(CultureInfo.InvariantCulture, $"#if __has_include(<{needed}>)\n");
        Assert(text, $"sizeof({c}) {(kernel.IsLonger ? ">=" : "==")} {SizeOf(type)}");
        foreach (FieldInfo field in type.GetFields(AllFields).Where(f => !f.Name.StartsWith('_')))
        {
            string name = kernel.Member is { } member ? $"{member}.{field.Name}" : field.Name;
            Assert(text, $"offsetof({c}, {name}) == {Marshal.OffsetOf(type, field.Name)}");
            Assert(text, $"sizeof((({c} *)0)->{name}) == {SizeOf(field.FieldType)}");
        }

        if (kernel.Header is not null)
            text.Append("#endif\n");
    }

    private static void AppendConstant(StringBuilder text, FieldInfo constant)
    {
        ulong value = Convert.ToUInt64(constant.GetRawConstantValue(), CultureInfo.InvariantCulture);
        bool fromLibBpf = constant.DeclaringType == typeof(LibBpfAbi);
        bool guarded = fromLibBpf || MayBeMissing.Contains(constant.Name);
        if (guarded)
            text.Append(fromLibBpf ? $"#if __has_include(<{LibBpfHeader}>)\n" : $"#ifdef {constant.Name}\n");
        Assert(text, $"(unsigned long)({constant.Name}) == {value}UL");
        if (guarded)
            text.Append("#endif\n");
    }

    private static int SizeOf(Type type) => RuntimeHelpers.SizeOf(type.TypeHandle);

    private static void Assert(StringBuilder text, string fact) => text.Append(CultureInfo.InvariantCulture, $"_Static_assert({fact}, \"{fact}\");\n");
}
