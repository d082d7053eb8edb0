using System.Diagnostics;
using System.Reflection;
using System.Runtime.CompilerServices;
using HaLvs.Linux.Interop;
using Xunit.Abstractions;

namespace HaLvs.Linux.Tests.Interop;

public sealed class HeaderProofTests(ITestOutputHelper output)
{
    [Fact]
    public void EveryStructAndConstant_CompiledAgainstTheHeaders_Holds()
    {
        if (!HasCompiler())
            return;
        (int exit, string errors) = Compile(HeaderProof.Program());
        Assert.True(exit == 0, errors);
    }

    [Fact]
    public void Compile_WrongFact_IsRefused()
    {
        if (!HasCompiler())
            return;
        string wrong = HeaderProof.Program().Replace("sizeof(struct nlmsghdr) == 16,", "sizeof(struct nlmsghdr) == 17,", StringComparison.Ordinal);
        Assert.NotEqual(0, Compile(wrong).Exit);
    }

    [Fact]
    public void InteropStructs_All_NameTheirKernelType()
    {
        Assert.True(HeaderProof.Structs.Count() >= 15);
        Assert.All(HeaderProof.Structs, type => Assert.NotNull(type.GetCustomAttribute<KernelStructAttribute>()));
    }

    /// <summary>A struct outside the proven namespace could reach the kernel without a proof.</summary>
    [Fact]
    public void UnsafeAssembly_StructsOutsideInterop_HaveNoLayoutOfTheirOwn()
    {
        IEnumerable<Type> strangers = typeof(LinuxException).Assembly.GetTypes()
            .Where(t => t is { IsValueType: true, IsEnum: false, IsNested: false } && t.Namespace != typeof(KernelStructAttribute).Namespace && !t.Name.StartsWith('<'))
            .Where(t => t.IsExplicitLayout || t.StructLayoutAttribute?.Pack is > 0 and not 8);
        Assert.Empty(strangers);
    }

    [Fact]
    public void Constants_All_AreProven() => Assert.True(HeaderProof.Constants.Count() >= 120, $"{HeaderProof.Constants.Count()} found");

    private bool HasCompiler()
    {
        bool has = File.Exists("/usr/bin/cc");
        if (!has)
            output.WriteLine("not run: no C compiler (/usr/bin/cc)");
        return has;
    }

    private static (int Exit, string Errors) Compile(string program, [CallerFilePath] string here = "")
    {
        string offload = Path.GetFullPath("../../../src/Linux/Offload", Path.GetDirectoryName(here)!);
        ProcessStartInfo start = new("/usr/bin/cc", ["-std=gnu11", "-fsyntax-only", "-I", offload, "-x", "c", "-"]) { RedirectStandardInput = true, RedirectStandardError = true };
        using Process compiler = Process.Start(start)!;
        Task<string> errors = compiler.StandardError.ReadToEndAsync();
        compiler.StandardInput.Write(program);
        compiler.StandardInput.Close();
        compiler.WaitForExit();
        return (compiler.ExitCode, errors.Result);
    }
}
