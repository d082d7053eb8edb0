using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("HaLvs.Director.Tests")]
