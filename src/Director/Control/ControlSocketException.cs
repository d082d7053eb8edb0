namespace HaLvs.Director.Control;

/// <summary>The control socket cannot be had: the message is one line an operator can act on.</summary>
public sealed class ControlSocketException : Exception
{
    public ControlSocketException(string message) : base(message)
    {
    }

    public ControlSocketException(string message, Exception inner) : base(message, inner)
    {
    }

    public ControlSocketException()
    {
    }
}
